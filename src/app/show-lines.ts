import { DISPLAY_RULES, ICONS, label } from "../domain/display.ts";
import type { Shown } from "../domain/group.ts";
import type { DispatchView, RunView } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import { ago, duration, plural } from "./ago.ts";
import { offersOf } from "./offers.ts";
import { type Block, type Line, type Reply, type Row, tone } from "./reply.ts";
import { dispatchJson, iso } from "./status-json.ts";
import { changesCell, targetName } from "./status-lines.ts";

/** `rally show`: all about one dispatch, which rule of the display won, and the facts behind it, each with its age. */
export function showReply(row: Shown, now: Time, more: readonly Block[] = []): Reply {
  const { view } = row;
  const rule = winner(view);
  const text: Block[] = [
    [tone(`${view.id}  ${targetName(view)}  ${view.title}`, "strong")],
    `${ICONS[row.display]} ${label(view)}: ${rule.why} (rule ${rule.number} of ${DISPLAY_RULES.length})`,
    ...row.attention.map(
      ({ message, hint, since }): Line => [
        tone(`! ${message}`, "bad"),
        tone(` (${ago(since, now)}) → `, "dim"),
        tone(hint, "accent"),
      ],
    ),
    "",
    table([...identity(view), ...history(view, now)]),
    "",
    [tone("facts", "strong")],
    table(facts(row, now)),
    ...more,
  ];
  return { text, json: showJson(row, rule), offers: offersOf(row) };
}

/** The first rule that holds, as `display` takes it, in words. */
function winner(view: DispatchView): { readonly number: number; readonly why: string } {
  const index = DISPLAY_RULES.findIndex((rule) => rule.when(view));
  return { number: index + 1, why: DISPLAY_REASONS[index] ?? "no other rule holds" };
}

/** Beside each rule of the display, in its order, what it says. */
export const DISPLAY_REASONS: readonly string[] = [
  "it is merged, or all of it is in the base",
  "a person said that it waits on upstream",
  "a question is open",
  "a run is live",
  "a run waits in line",
  "the session has ended, and neither well nor because a person stopped it",
  "a pull request of its own is open, and no draft",
  "commits of its own are pushed",
  "the session has ended well",
  "a person stopped it",
  "no other rule holds",
];

type Fact = readonly [name: string, said: Line];

function table(rows: readonly Fact[]): Block {
  const shown = rows.map(([name, said]): Row => [[tone(`  ${name}`, "dim")], said]);
  return { table: { columns: [{}, { min: 20, wrap: true }], rows: shown } };
}

function identity(view: DispatchView): Fact[] {
  const found: (Fact | null)[] = [
    ["project", view.repo === null ? `${view.project} (local)` : view.repo],
    view.url ? ["url", view.url] : null,
    ["worktree", view.worktree ?? "none yet"],
    ["branch", view.branch ?? "none yet"],
    view.base ? ["base", view.baseSha ? `${view.base} at ${view.baseSha.slice(0, 10)}` : view.base] : null,
    ["agent", [view.agent, view.model ?? "", view.mode].filter((part) => part !== "").join(" · ")],
  ];
  return found.filter((fact) => fact !== null);
}

function history(view: DispatchView, now: Time): Fact[] {
  const ended = view.outcome
    ? `${view.outcome}${view.failure ? ` (${view.failure})` : ""}${view.outcomeDetail ? `: ${view.outcomeDetail}` : ""}`
    : "no run has ended";
  return [
    ["dispatched", `${ago(view.createdAt, now)} ago by ${view.createdBy}`],
    ["status", `${view.status} for ${ago(view.statusSince, now)}, by ${view.statusBy}`],
    ["outcome", ended],
  ];
}

function facts(row: Shown, now: Time): Fact[] {
  const { view } = row;
  return [
    ...processFacts(view.run, now),
    ...(view.queued
      ? [["in line", `place ${view.queued.place}, for ${ago(view.queued.since, now)}`] as const]
      : []),
    ["stage", stageFact(row, now)],
    ["question", view.question ? `${view.question.text} (${ago(view.question.since, now)})` : "none"],
    ...view.kept.map(
      ({ text, actor, since }): Fact => ["told next", `“${text}” (${actor}, ${ago(since, now)} ago)`],
    ),
    ...gitFacts(view, now),
    ["pull request", pullFact(view, now)],
    ...targetFacts(view, now),
    ...view.undelivered.map(
      ({ kind, error, since }): Fact => ["undelivered", `${kind}: ${error} (${ago(since, now)})`],
    ),
  ];
}

function stageFact({ stage }: Shown, now: Time): string {
  if (!stage) return "none";
  return `${stage.name}, ${stage.declared ? "declared" : "inferred"}, for ${ago(stage.since, now)}`;
}

function processFacts(run: RunView | null, now: Time): Fact[] {
  if (!run) return [["run", "none yet"]];
  const parts = [`${run.id}: ${run.role}, attempt ${run.attempt}, ${run.state}`];
  if (run.startedAt !== null) {
    const until = run.endedAt ?? now;
    parts.push(`${run.endedAt === null ? "for" : "took"} ${duration(until - run.startedAt)}`);
  }
  if (run.endedAt !== null) parts.push(`ended ${ago(run.endedAt, now)} ago`);
  if (run.stopBy) parts.push(`stopped by ${run.stopBy}`);
  const found: Fact[] = [
    ["run", parts.join(", ")],
    ["process", run.pid === null ? "no pid" : `pid ${run.pid}`],
    ["exit", run.exitCode === null ? "no exit record" : `code ${run.exitCode}`],
    [
      "log",
      `${run.log}${run.lastOutputAt === null ? ", nothing written" : `, written ${ago(run.lastOutputAt, now)} ago`}`,
    ],
  ];
  if (run.session) found.push(["session", run.session]);
  if (run.progress?.tool || run.progress?.words)
    found.push(["last", [run.progress.tool, run.progress.words].filter(Boolean).join(": ")]);
  if (run.usage) {
    const { inputTokens, outputTokens, costUsd } = run.usage;
    const cost = costUsd === null ? "" : `, $${costUsd.toFixed(2)}`;
    found.push(["usage", `${inputTokens} tokens in, ${outputTokens} out${cost}`]);
  }
  return found;
}

function gitFacts(view: DispatchView, now: Time): Fact[] {
  const { git } = view;
  if (!git) return [["git", "not looked at yet"]];
  if (!git.worktreeExists)
    return [
      [
        "git",
        `the worktree is gone, the branch ${git.branchExists ? "is there" : "too"} (${ago(git.asOf, now)} ago)`,
      ],
    ];
  const commits = `${plural(git.commits, "commit")}, ${git.pushed} pushed, ${git.unpushed} unpushed`;
  const base = git.inBase ? ", all in the base" : "";
  const changes = changesCell(view);
  return [
    ["git", `${commits}${base} (${ago(git.asOf, now)} ago)`],
    ["changes", changes === "" ? "none" : [plural(git.files, "file"), " ", ...changes]],
    ["worktree", workFact(git.dirty, git.untracked)],
    ...(git.branchNow ? [["on branch", git.branchNow] as const] : []),
    ...(git.head ? [["head", git.head.slice(0, 10)] as const] : []),
  ];
}

function workFact(dirty: boolean, untracked: number): string {
  if (!dirty) return "clean";
  return untracked > 0
    ? `uncommitted changes, ${plural(untracked, "untracked file")}`
    : "uncommitted changes";
}

function pullFact(view: DispatchView, now: Time): string {
  const { pr } = view;
  if (!pr) return "none of its own";
  const parts = [`#${pr.number} ${pr.state}${pr.draft ? ", draft" : ""}`, `checks ${pr.checks}`];
  if (pr.conflict) parts.push("conflicts with its base");
  if (pr.changesRequested) parts.push("changes requested");
  return `${parts.join(", ")} (${ago(pr.asOf, now)} ago) ${pr.url}`;
}

function targetFacts(view: DispatchView, now: Time): Fact[] {
  if (view.kind === "task") return [];
  const name = view.kind === "pr" ? "target" : "issue";
  if (!view.target) return [[name, "not looked at yet"]];
  const { state, head, reviewedHead, asOf } = view.target;
  const moved = head && reviewedHead && head !== reviewedHead ? ", new commits since the review" : "";
  return [[name, `#${view.number} ${state}${moved} (${ago(asOf, now)} ago)`]];
}

/** The dispatch as in the list, with the rule that won and every fact. */
function showJson(
  row: Shown,
  rule: { readonly number: number; readonly why: string },
): Record<string, unknown> {
  const { view } = row;
  return {
    ...dispatchJson(row),
    rule,
    task: view.task,
    model: view.model,
    mode: view.mode,
    created_by: view.createdBy,
    status_since: iso(view.statusSince),
    status_by: view.statusBy,
    outcome_detail: view.outcomeDetail,
    queued: view.queued && {
      run: view.queued.runId,
      place: view.queued.place,
      since: iso(view.queued.since),
    },
    told_next: view.kept.map(({ text, actor, since }) => ({ text, by: actor, since: iso(since) })),
    facts: {
      run: view.run && {
        last_output_at: view.run.lastOutputAt === null ? null : iso(view.run.lastOutputAt),
        progress: view.run.progress,
        stop_by: view.run.stopBy,
      },
      git: view.git && {
        as_of: iso(view.git.asOf),
        worktree_exists: view.git.worktreeExists,
        branch_exists: view.git.branchExists,
        branch_now: view.git.branchNow,
        head: view.git.head,
        untracked: view.git.untracked,
        pushed: view.git.pushed,
        in_base: view.git.inBase,
      },
      pr: view.pr && {
        as_of: iso(view.pr.asOf),
        head: view.pr.head,
        conflict: view.pr.conflict,
        changes_requested: view.pr.changesRequested,
      },
      target: view.target && {
        as_of: iso(view.target.asOf),
        state: view.target.state,
        head: view.target.head,
        reviewed_head: view.target.reviewedHead,
      },
      undelivered: view.undelivered.map(({ kind, since, error }) => ({ kind, since: iso(since), error })),
    },
  };
}
