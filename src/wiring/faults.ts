import { appendFileSync } from "node:fs";
import { armBoundaries } from "../boundary.ts";

/**
 * For the chaos harness alone: `RALLY_FAULTS=<file>` lists the boundaries that this process passes, and
 * `RALLY_FAULT_AT=<n>` kills it with −9 at the n-th (from 1). Without them nothing is armed.
 */
export function armFaults(env: Readonly<Record<string, string>>): void {
  const { RALLY_FAULTS: file, RALLY_FAULT_AT: at } = env;
  if (!file && !at) return;
  let count = 0;
  armBoundaries((name) => {
    count += 1;
    if (file) appendFileSync(file, `${name}\n`);
    if (at && count === Number(at)) process.kill(process.pid, "SIGKILL");
  });
}
