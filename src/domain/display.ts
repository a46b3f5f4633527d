import type { DispatchView } from "./view.ts";
import type { Display } from "./words.ts";
import { isLive } from "./words.ts";

export const ICONS: Record<Display | "orphaned", string> = {
  done: "✅",
  upstream: "⏸️",
  asking: "❓",
  working: "⏳",
  queued: "⏱️",
  needs_you: "🔴",
  ready: "🟡",
  pushed: "🟣",
  stopped: "⏹️",
  implementing: "🔵",
  orphaned: "👻",
};

type Rule = {
  readonly display: Display;
  readonly when: (d: DispatchView) => boolean;
  /** The same in words, for ARCHITECTURE.md. */
  readonly says: string;
};

/** First match wins; the last always matches, so every combination of facts has exactly one display (invariant 12). */
export const DISPLAY_RULES: readonly Rule[] = [
  { display: "done", when: isDone, says: "merged, or all its commits are in the base" },
  { display: "upstream", when: (d) => d.status === "upstream", says: "status upstream" },
  { display: "asking", when: (d) => d.question !== null, says: "a question is open" },
  { display: "working", when: hasLiveRun, says: "a live run" },
  { display: "queued", when: (d) => d.queued !== null, says: "a queued run" },
  {
    display: "needs_you",
    when: (d) => d.status === "reviewing" && !endedWell(d),
    says: "status reviewing, outcome neither ok nor interrupted",
  },
  {
    display: "ready",
    when: (d) => d.pr?.state === "open" && !d.pr.draft,
    says: "a pull request of its own is open and no draft",
  },
  { display: "pushed", when: (d) => (d.git?.pushed ?? 0) > 0, says: "commits of its own are pushed" },
  {
    display: "ready",
    when: (d) => d.status === "reviewing" && d.outcome === "ok",
    says: "status reviewing, outcome ok",
  },
  {
    display: "stopped",
    when: (d) => d.status === "reviewing" && d.outcome === "interrupted",
    says: "status reviewing, a person stopped it",
  },
  { display: "implementing", when: () => true, says: "otherwise" },
];

/** What people see: derived from status and facts, never stored. Total and single. */
export function display(d: DispatchView): Display {
  const rule = DISPLAY_RULES.find((candidate) => candidate.when(d));
  return rule ? rule.display : "implementing";
}

/** The words beside the icon. */
export function label(d: DispatchView): string {
  switch (display(d)) {
    case "done":
      return "done";
    case "upstream":
      return "waiting on upstream";
    case "asking":
      return "needs your answer";
    case "working":
      return `${d.run?.agent ?? d.agent} working`;
    case "queued":
      return d.queued ? `queued (${d.queued.place})` : "queued";
    case "needs_you":
      return `${d.outcome ?? "ended"}: needs you`;
    case "ready":
      return "ready for review";
    case "pushed":
      return "pushed";
    case "stopped":
      return `stopped by ${d.run?.stopBy ?? d.statusBy}`;
    case "implementing":
      return "implementing";
  }
}

/** Merged, or everything of it is in the base. For kind `pr` the target itself must be merged. */
export function isDone(d: DispatchView): boolean {
  if (d.kind === "pr") return d.target?.state === "merged";
  return d.pr?.state === "merged" || d.git?.inBase === true;
}

export function hasLiveRun(d: DispatchView): boolean {
  return d.run !== null && isLive(d.run.state);
}

function endedWell(d: DispatchView): boolean {
  return d.outcome === "ok" || d.outcome === "interrupted";
}
