import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
