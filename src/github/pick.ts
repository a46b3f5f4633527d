import type { ClientOptions } from "./client.ts";
import type { GitHub } from "./github.ts";
import type { HeadOf } from "./memory/heads.ts";

/** Where `apiUrl` is `memory:<folder>`, it is the embedded GitHub whose state is there. */
export type PickOptions = ClientOptions & {
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
