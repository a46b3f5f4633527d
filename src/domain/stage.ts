import { hasLiveRun } from "./display.ts";
import type { DispatchView } from "./view.ts";
import { STAGES, type Stage, type Time } from "./words.ts";

export type StageView = { readonly name: Stage; readonly declared: boolean; readonly since: Time };

/**
 * The later of declared and inferred in the order of STAGES; declared on a tie (model.md 5).
 * A label belongs to the run that declared it, so an earlier run's is never seen here.
 */
export function stage(d: DispatchView): StageView | null {
  const inferred = inferredStage(d);
  const declared = d.run?.stage ?? null;
  if (!declared) return inferred;
  if (inferred && STAGES.indexOf(inferred.name) > STAGES.indexOf(declared.name)) return inferred;
  return { name: declared.name, declared: true, since: declared.since };
}

function inferredStage(d: DispatchView): StageView | null {
  const by = (name: Stage, since: Time): StageView => ({ name, declared: false, since });
  if (d.pr?.state === "open") return by("pr_testing", d.pr.since);
  if (!d.run) return null;
  const started = d.run.startedAt ?? d.createdAt;
  if (hasLiveRun(d)) {
    if (d.run.role === "reviewer") return by("reviewing", started);
    const changed = d.git !== null && (d.git.commits > 0 || d.git.dirty);
    return by(changed ? "coding" : "setup", started);
  }
  if (d.run.state === "exited" && d.outcome === "ok") return by("closeout", d.run.endedAt ?? started);
  return null;
}
