import type { Time } from "../domain/words.ts";
import type { Log } from "../log.ts";
import type { GitHub, HttpCache } from "./github.ts";
import type { HeadOf } from "./memory/heads.ts";

export type PickOptions = {
  /** Null: github.com. `memory:<folder>`: the embedded GitHub whose state is there. */
  readonly apiUrl: string | null;
  readonly token: string | null;
  readonly cache: HttpCache;
  readonly now: () => Time;
  readonly timeoutMs: number;
  readonly retries: boolean;
  readonly log: Log;
  /** For the embedded one: where branches point. */
  readonly headOf?: HeadOf | null;
};

/** The folder of an embedded GitHub's state; null for any other API. */
export function memoryFolder(apiUrl: string | null): string | null {
  return apiUrl?.startsWith("memory:") ? apiUrl.slice("memory:".length) : null;
}

/** The GitHub that the configuration names. Each is loaded when it is asked for: Octokit takes 30 ms. */
export async function makeGitHub(options: PickOptions): Promise<GitHub> {
  const folder = memoryFolder(options.apiUrl);
  if (folder === null) return (await import("./octokit.ts")).octokitGitHub(options);
  const { memoryGitHub } = await import("./memory.ts");
  const { fileState } = await import("./memory/file.ts");
  return memoryGitHub(fileState(folder), { now: options.now, headOf: options.headOf ?? null });
}
