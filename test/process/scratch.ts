import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onPath } from "../../src/process/path.ts";

/** A folder that is removed when the test file ends. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "rally-process-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const ENV = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8" };

/** Waits for a condition with a bound, and fails with `what` when it does not come. */
export async function until(what: string, condition: () => boolean, withinMs = 8_000): Promise<void> {
  for (let waited = 0; waited < withinMs; waited += 5) {
    if (condition()) return;
    await Bun.sleep(5);
  }
  throw new Error(`never: ${what}`);
}

/** Fails with what is missing, where a test needs a program that not every machine has. */
export function needs(program: string): void {
  if (onPath(program, ENV.PATH) === null)
    throw new Error(`${program} is not installed: this test cannot be run (util-linux has it).`);
}

/** A shell's wait for a file to be written, for five seconds at most: what does not come ends the script. */
export function wroteIn(file: string): string {
  return `n=0; while [ ! -s ${file} ]; do n=$((n + 1)); [ $n -lt 500 ] || exit 9; sleep 0.01; done`;
}
