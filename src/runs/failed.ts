import type { Failure, RunState } from "../domain/words.ts";
import { runRow } from "../store/read.ts";
import { type RunSet, record } from "../store/record.ts";
import type { RunRow } from "../store/rows.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";

export type Failing = {
  readonly failure: Failure;
  readonly detail: string;
  /** Ended only from one of these; meanwhile somebody else may have ended it. */
  readonly from: readonly RunState[];
  readonly set?: RunSet;
};

/** Ends run and dispatch as `failed` where Rally itself could not do its part, with what went wrong as the detail. */
export function failRun(world: World, run: RunRow, { failure, detail, from, set }: Failing): void {
  const at = world.now();
  write(world.store, "run failed", () => {
    const now = runRow(world.store, run.id);
    if (!now || !from.includes(now.state)) return;
    const ended = { outcome: "failed", failure } as const;
    record(world.store, { actor: "rally", at }, [
      { layer: "run", id: run.id, on: "fail", set: { ...set, ...ended, detail }, why: detail },
      {
        layer: "dispatch",
        id: run.dispatchId,
        on: "session_ended",
        set: { ...ended, outcomeDetail: detail, outcomeAt: at },
        why: detail,
        data: { ...ended, run: run.id },
      },
    ]);
  });
}
