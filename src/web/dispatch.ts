import { plural } from "../app/ago.ts";
import { offersOf } from "../app/offers.ts";
import type { DispatchData } from "../app/page-data.ts";
import type { Changes } from "../app/page-diff.ts";
import type { LogTail } from "../app/page-log.ts";
import type { HeartbeatFacts } from "../app/status-json.ts";
import { hasLiveRun, label } from "../domain/display.ts";
import { changesView } from "./diff.ts";
import { type Html, html, webAddress, withoutEscapes } from "./html.ts";
import { changes as changesCell, pull } from "./row.ts";
import { shell } from "./shell.ts";
import { runList, timeline } from "./timeline.ts";
import { age, mark, projectPath, tabTitle, targetOf } from "./words.ts";

export type DispatchPage = {
  readonly data: DispatchData;
  readonly log: LogTail | null;
  readonly changes: Changes;
  readonly heartbeat: HeartbeatFacts;
};

const LIVE_POLL_MS = 2_000;

/** `/dispatches/<id>`: its card, what happened, what the agent says, what it changes. */
export function dispatchPage({ data, log, changes, heartbeat }: DispatchPage): string {
  const { row, now, projectId, rule } = data;
  const { view } = row;
  const project = view.repo ?? view.project;
  return shell({
    title: tabTitle(row.attention.length, `${view.id} ${view.title} · Rally`),
    now,
    heartbeat,
    pollMs: hasLiveRun(view) || changes.state === "busy" ? LIVE_POLL_MS : null,
    trail: [
      { name: project, href: projectPath({ repo: view.repo, projectId }) },
      { name: String(view.id), href: `/dispatches/${view.id}` },
    ],
    body: html`<article class="card s-${row.display}">
<h1><span class="target">${targetOf(view)}</span> ${view.title}</h1>
<p class="stands" data-display="${row.display}">${mark(row.display)} <b>${label(view)}</b> <small>${rule.why} (rule ${rule.number})</small></p>
${row.attention.map(({ message, hint, since }) => html`<p class="why">${message} <small>${age(since, now)}</small> <code>${hint}</code></p>`)}
${view.question && html`<blockquote class="question"><p>${view.question.text}</p>${view.question.context !== null && html`<p><small>${view.question.context}</small></p>`}</blockquote>`}
${view.kept.map(({ text, actor, since }) => html`<blockquote><p>${text}</p><p><small>told next; ${actor}, ${age(since, now)} ago</small></p></blockquote>`)}
${facts(data)}
<p class="offers">${offersOf(row).map(({ line, takesText }) => html`<code>rally ${line}${takesText ? ' "…"' : ""}</code> `)}</p>
</article>
<section aria-labelledby="log-title"><h2 id="log-title">Log</h2>${logView(log, view.id)}</section>
<section aria-labelledby="changes-title"><h2 id="changes-title">Changes</h2>${changesView(changes, view.id)}</section>
<section aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2>${data.runs.length === 0 ? html`<p class="empty">None yet.</p>` : runList(data.runs, now)}</section>
<section aria-labelledby="time-title"><h2 id="time-title">What happened</h2>${timeline(data)}</section>`,
  });
}

function facts({ row: { view, stage }, now }: DispatchData): Html {
  const address = webAddress(view.url);
  const usage = view.run?.usage;
  const all: (readonly [string, Html | string | null])[] = [
    ["agent", [view.agent, view.model ?? "", view.mode].filter((part) => part !== "").join(" · ")],
    [
      "stage",
      stage &&
        html`${stage.declared ? "" : "~"}${stage.name.replace("_", " ")} <small>${stage.declared ? "declared" : "inferred"}, ${age(stage.since, now)}</small>`,
    ],
    [
      "in line",
      view.queued && html`place ${view.queued.place} <small>for ${age(view.queued.since, now)}</small>`,
    ],
    [
      "changes",
      view.git &&
        html`${changesCell(view) ?? "none"} <small>${commits(view.git)}, seen ${age(view.git.asOf, now)} ago</small>`,
    ],
    ["pull request", view.pr && html`${pull(view.pr)} <small>seen ${age(view.pr.asOf, now)} ago</small>`],
    [
      view.kind === "pr" ? "target" : "issue",
      address && html`<a href="${address}" rel="noreferrer">${address}</a>`,
    ],
    ["branch", view.branch],
    ["base", view.base && `${view.base}${view.baseSha ? ` at ${view.baseSha.slice(0, 10)}` : ""}`],
    ["worktree", view.worktree],
    ["session", view.run?.session ?? null],
    ["dispatched", html`${age(view.createdAt, now)} ago by ${view.createdBy}`],
    ["status", html`${view.status} for ${age(view.statusSince, now)}, by ${view.statusBy}`],
    [
      "outcome",
      view.outcome &&
        [view.outcome, view.failure ?? "", view.outcomeDetail ?? ""].filter((part) => part !== "").join(": "),
    ],
    [
      "usage",
      usage
        ? `${usage.inputTokens} tokens in, ${usage.outputTokens} out${usage.costUsd === null ? "" : `, $${usage.costUsd.toFixed(2)}`}`
        : null,
    ],
  ];
  const shown = all.filter(([, value]) => value !== null && value !== "");
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function commits(git: {
  readonly commits: number;
  readonly pushed: number;
  readonly dirty: boolean;
}): string {
  const parts = [plural(git.commits, "commit"), git.pushed > 0 ? `${git.pushed} pushed` : ""];
  return [...parts, git.dirty ? "not all committed" : ""].filter((part) => part !== "").join(", ");
}

function logView(log: LogTail | null, id: number): Html {
  if (log === null) return html`<p class="empty">It has not started yet.</p>`;
  if (log.lines.length === 0) return html`<p class="empty">Nothing was said yet.</p>`;
  const cut = log.cut && html`<p class="hint">The end of it. <code>rally log ${id}</code></p>`;
  return html`${cut}<pre class="log" tabindex="0" role="region" aria-label="The end of the log" data-tail>${log.lines.map(withoutEscapes).join("\n")}</pre>`;
}
