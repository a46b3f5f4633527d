import { plural } from "../app/ago.ts";
import type { FleetData } from "../app/page-data.ts";
import type { StatusReplyInput } from "../app/status-lines.ts";
import type { Counts, Group } from "../domain/group.ts";
import type { Time } from "../domain/words.ts";
import { chart } from "./chart.ts";
import { type Html, html } from "./html.ts";
import { row } from "./row.ts";
import { shell } from "./shell.ts";
import { age, mark, projectPath, TILES, tabTitle } from "./words.ts";

/** `/`, `/status`: every project's dispatches, what needs a person first; then what has no record. */
export function fleetPage({ status, day }: FleetData, all: boolean): string {
  const { fleet, now, heartbeat } = status;
  return shell({
    title: tabTitle(fleet.counts.attention, "Rally"),
    now,
    heartbeat,
    body: html`<h1 class="sr">What is going on</h1>
${tiles(fleet.counts)}
${fleet.groups.length === 0 ? nothing(status) : fleet.groups.map((group) => section(group, now))}
${strays(status)}${leftOut(status.leftOut ?? 0, all)}
${chart(day)}`,
  });
}

/** `/projects/<owner>/<repo>`. */
export function projectPage({ status, day, project }: FleetData): string {
  const { fleet, now, heartbeat } = status;
  const name = project?.repo ?? project?.name ?? "";
  const failing = project?.slowError ?? null;
  return shell({
    title: tabTitle(fleet.counts.attention, `${name} · Rally`),
    now,
    heartbeat,
    trail: project ? [{ name, href: projectPath({ repo: project.repo, projectId: project.id }) }] : [],
    body: html`<h1>${name}</h1>
<dl class="facts">
<div><dt>path</dt><dd>${project?.path ?? ""}</dd></div>
<div><dt>base</dt><dd>${project?.base ?? "as the repository says"}</dd></div>
<div><dt>agent</dt><dd>${project?.agent ?? "as configured"}</dd></div>
<div><dt>GitHub</dt><dd>${project?.repo ? (project.slowAt === null ? "not asked yet" : html`asked ${age(project.slowAt, now)} ago`) : "a local project"}</dd></div>
</dl>
${failing !== null && html`<p class="why">GitHub could not be asked: ${failing} <code>rally doctor</code></p>`}
${tiles(fleet.counts)}
${fleet.groups.length === 0 ? html`<p class="empty">Nothing is dispatched here.</p>` : fleet.groups.map((group) => section(group, now))}
${strays(status)}
${chart(day)}`,
  });
}

/** Never nothing at all: what a person looks for first is there at zero. */
const ALWAYS: readonly (keyof Counts)[] = ["attention", "working", "ready"];

function tiles(counts: Counts): Html {
  const shown = TILES.filter(([key]) => counts[key] > 0 || ALWAYS.includes(key));
  return html`<ul class="tiles" aria-label="Counts">${shown.map(
    ([key, one, many]) =>
      html`<li class="tile t-${key}${counts[key] > 0 ? "" : " zero"}" data-key="t-${key}" data-count="${key}"><b>${counts[key]}</b> ${counts[key] === 1 ? one : many}</li>`,
  )}</ul>`;
}

function section(group: Group, now: Time): Html {
  const first = group.rows[0]?.view;
  const id = `p${group.projectId}`;
  const name = first
    ? html`<a href="${projectPath({ repo: first.repo, projectId: group.projectId })}">${group.project}</a>`
    : group.project;
  return html`<section class="group" aria-labelledby="${id}" data-key="${id}">
<h2 id="${id}">${name}${first?.repo === null && html` <small>${first.projectPath}</small>`}</h2>
<ol class="rows">${group.rows.map((shown) => row(shown, now))}</ol>
</section>`;
}

function nothing({ projects }: StatusReplyInput): Html {
  if (projects.length === 0)
    return html`<p class="empty">No project yet. Begin with <code>rally onboard .</code> in a repository.</p>`;
  return html`<p class="empty">Nothing is dispatched in ${plural(projects.length, "project")}. Begin with <code>rally dispatch 42</code> or <code>rally dispatch task "…"</code></p>`;
}

function strays({ orphans, foreign }: StatusReplyInput): Html | null {
  if (orphans.length === 0 && foreign.length === 0) return null;
  const lines = orphans.map(({ project, worktree, branch, dirty, unpushed }) => {
    const work = [dirty ? "uncommitted changes" : "", unpushed > 0 ? `${unpushed} unpushed` : ""];
    const what = [project, branch ?? "", ...work].filter((part) => part !== "").join(" · ");
    return html`<li class="stray" data-orphan>${mark("orphaned")}<span>${worktree}</span> <small>${what}</small></li>`;
  });
  const others = foreign.map(
    ({ worktree, why }) => html`<li class="stray">${worktree} <small>left alone, ${why}</small></li>`,
  );
  const hint =
    orphans.length > 0 &&
    html`<p class="hint">${plural(orphans.length, "worktree")} without a record <code>rally clean --orphaned --dry-run</code></p>`;
  return html`<section class="strays" aria-labelledby="strays"><h2 id="strays">Without a record</h2><ul>${lines}${others}</ul>${hint}</section>`;
}

function leftOut(count: number, all: boolean): Html | null {
  if (all) return html`<p class="hint"><a href="/">Without what has been done for more than a day</a></p>`;
  if (count === 0) return null;
  return html`<p class="hint"><a href="/?all">${count} done for more than a day</a></p>`;
}
