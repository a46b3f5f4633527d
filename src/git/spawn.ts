import { passing } from "../boundary.ts";
import { runBytes } from "../process.ts";
import { gitEnvironment, type Reach } from "./environment.ts";

export type GitOptions = {
  readonly stdin?: string | Uint8Array;
  readonly seconds?: number;
  readonly maxBytes?: number;
  /** `remote`: with the user's credentials, proxies and SSH. `signing`: with their environment, but no network. */
  readonly reach?: Reach;
  /** Names a change, which passes its boundary; absent for reads. */
  readonly effect?: string;
  /** Another index than the repository's own. */
  readonly index?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: readonly (readonly [string, string])[];
};

export type GitResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly truncated: boolean;
};

export type GitBytes = Omit<GitResult, "stdout"> & { readonly stdout: Uint8Array };

/** Git without a repository (clone, discovery). Everything of `git` but where it is. */
export async function spawnGit(
  args: readonly string[],
  options: GitOptions & { readonly cwd: string },
): Promise<GitBytes> {
  const call = () =>
    runBytes(["git", "--no-pager", ...args], {
      cwd: options.cwd,
      env: gitEnvironment(options.reach ?? "local", options.env ?? {}, options.config ?? []),
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      timeoutMs: (options.seconds ?? 120) * 1000,
      maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
    });
  return options.effect === undefined ? call() : passing("git", options.effect, call);
}
