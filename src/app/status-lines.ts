import { hasLiveRun, ICONS, label } from "../domain/display.ts";
import type { Counts, Shown } from "../domain/group.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Display, Time } from "../domain/words.ts";
import { ago, plural } from "./ago.ts";
import type { Block, Column, Line, Reply, Row, Span, Tone } from "./reply.ts";
import { tone } from "./reply.ts";
import { type HeartbeatFacts, type StatusInput, statusJson } from "./status-json.ts";

export type StatusReplyInput = StatusInput & {
  /** How many were left out, because they have been done for long. */
  readonly leftOut?: number;
};

/**
 * `rally status`: by project, what needs a person first; then what has no record, and who watches. Text and JSON are
 * each made only where they are asked for.
 */
export function statusReply(input: StatusReplyInput): Reply {
  return {
    get text() {
      return textOf(input);
    },
    get json() {
      return statusJson(input);
    },
  };
}

function textOf(input: StatusReplyInput): Block[] {
  const { fleet } = input;
  const rows = fleet.groups.flatMap((group): Row[] => [
    { heading: [tone(group.project, "strong")] },
    ...group.rows.flatMap((row) => rowsOf(row, input.now)),
  ]);
  const text: Block[] =
    rows.length === 0
      ? nothing(input)
      : [countsLine(fleet.counts), "", { table: { columns: COLUMNS, rows } }];
  return [...text, ...below(input)];
}

/** Icon, number, target, title, label, stage, changes, pull request, age. */
const COLUMNS: readonly Column[] = [
  {},
  { align: "right" },
  {},
  { min: 16 },
  {},
  { drop: 1 },
  { drop: 3 },
  { drop: 2 },
  { align: "right" },
];
/** Where the second line of a row begins: under its number. */
const INDENT = 6;

export const DISPLAY_TONES: Record<Display, Tone> = {
  done: "good",
  upstream: "dim",
  asking: "bad",
  working: "accent",
  queued: "dim",
  needs_you: "bad",
  ready: "warn",
  pushed: "warn",
  stopped: "warn",
  implementing: "accent",
};

function rowsOf(row: Shown, now: Time): Row[] {
  const { view } = row;
  const cells: Line[] = [
    `  ${ICONS[row.display]}`,
    String(view.id),
    targetName(view),
    view.title,
    [tone(label(view), DISPLAY_TONES[row.display])],
    stageCell(row, now),
    changesCell(view),
    pullCell(view),
    [tone(ago(sinceOf(row), now), "dim")],
  ];
  const attention = row.attention.map(
    ({ message, hint }): Row => ({
      below: [message, tone(" → ", "dim"), tone(hint, "accent")],
      indent: INDENT,
    }),
  );
  return [cells, ...attention];
}

/** `#42`, `PR #12`, `task`. */
export function targetName(view: Pick<DispatchView, "kind" | "number">): string {
  if (view.kind === "task" || view.number === null) return "task";
  return view.kind === "pr" ? `PR #${view.number}` : `#${view.number}`;
}

/** A declared stage as it is, an inferred one with `~`; only while something goes on. */
function stageCell(row: Shown, now: Time): Line {
  const { stage } = row;
  if (!stage || !(hasLiveRun(row.view) || stage.name === "pr_testing")) return "";
  return [tone(`${stage.declared ? "" : "~"}${stage.name} ${ago(stage.since, now)}`, "dim")];
}

/** `+85 −12`, with `*` where something is not committed. */
export function changesCell(view: DispatchView): Line {
  const git = view.git;
  if (!git || (git.insertions === 0 && git.deletions === 0 && !git.dirty)) return "";
  const spans: Span[] = [tone(`+${git.insertions}`, "good"), " ", tone(`−${git.deletions}`, "bad")];
  return git.dirty ? [...spans, tone("*", "warn")] : spans;
}

const CHECK_MARKS: Record<"none" | "pending" | "passing" | "failing", Span> = {
  none: "",
  pending: tone(" …", "dim"),
  passing: tone(" ✓", "good"),
  failing: tone(" ✗", "bad"),
};

export function pullCell(view: DispatchView): Line {
  if (!view.pr) return "";
  const { number, state, draft, checks } = view.pr;
  if (state !== "open") return `#${number} ${state}`;
  return [`#${number}${draft ? " draft" : ""}`, CHECK_MARKS[checks]];
}

/** How long it has been as it is: what asks for a person, the live run, the place in line, the status. */
export function sinceOf(row: Shown): Time {
  const { view } = row;
  if (row.attention.length > 0) return Math.min(...row.attention.map(({ since }) => since));
  if (row.display === "working") return view.run?.startedAt ?? view.statusSince;
  return row.display === "queued" ? (view.queued?.since ?? view.statusSince) : view.statusSince;
}

const COUNTED: readonly (readonly [keyof Counts, string])[] = [
  ["working", "working"],
  ["implementing", "implementing"],
  ["queued", "queued"],
  ["ready", "ready"],
  ["pushed", "pushed"],
  ["stopped", "stopped"],
  ["upstream", "upstream"],
  ["done", "done"],
];

/** `2 need you · 3 working · …`; nothing that is zero. */
export function countsLine(counts: Counts): Line {
  const { attention } = counts;
  const parts = COUNTED.filter(([key]) => counts[key] > 0).map(([key, word]) => `${counts[key]} ${word}`);
  const rest = parts.join(" · ");
  if (attention === 0) return rest;
  const need = tone(attention === 1 ? "1 needs you" : `${attention} need you`, "bad");
  return rest === "" ? [need] : [need, ` · ${rest}`];
}

function nothing(input: StatusInput): Block[] {
  if (input.projects.length === 0)
    return ["No project yet.", ["Begin with ", tone("rally onboard .", "accent"), " in a repository."]];
  return [
    `Nothing is dispatched in ${plural(input.projects.length, "project")}.`,
    [
      "Begin with ",
      tone("rally dispatch 42", "accent"),
      " or ",
      tone('rally dispatch task "…"', "accent"),
      ".",
    ],
  ];
}

function below(input: StatusReplyInput): Block[] {
  const blocks: Block[] = [];
  for (const orphan of input.orphans) {
    const work = [
      orphan.dirty ? "uncommitted changes" : "",
      orphan.unpushed > 0 ? `${orphan.unpushed} unpushed` : "",
    ];
    const what = work.filter((part) => part !== "").join(", ");
    blocks.push(`${ICONS.orphaned} ${orphan.worktree}${what === "" ? "" : ` (${what})`}`);
  }
  if (input.orphans.length > 0) {
    const all = plural(input.orphans.length, "orphaned worktree");
    blocks.push([`   ${all}, without a record → `, tone("rally clean --orphaned --dry-run", "accent")]);
  }
  for (const stray of input.foreign)
    blocks.push([tone(`   ${stray.worktree}: left alone, ${stray.why}`, "dim")]);
  if (input.leftOut)
    blocks.push([
      tone(`${input.leftOut} done for more than a day → `, "dim"),
      tone("rally status --all", "accent"),
    ]);
  return ["", ...blocks, heartbeatLine(input)];
}

const LATE_MS = 60_000;

function heartbeatLine(input: StatusInput): Line {
  const { heartbeat, now } = input;
  if (heartbeat.holder === null) {
    const busy = input.fleet.rows.some(({ view }) => hasLiveRun(view) || view.queued !== null);
    return [tone("nobody watches → ", busy ? "warn" : "dim"), tone("rally up", "accent")];
  }
  const late = heartbeat.lastFastAt === null || now - heartbeat.lastFastAt > LATE_MS;
  return [tone(`watched by ${heartbeat.holder}${looked(heartbeat, now)}`, late ? "warn" : "dim")];
}

function looked({ lastFastAt, lastSlowAt }: HeartbeatFacts, now: Time): string {
  const fast = lastFastAt === null ? ", has not looked yet" : `, looked ${ago(lastFastAt, now)} ago`;
  return lastSlowAt === null ? fast : `${fast}, at GitHub ${ago(lastSlowAt, now)} ago`;
}
