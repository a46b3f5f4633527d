import { Problem } from "../domain/problem.ts";

/** The part of `run` of process.ts that is needed: passed in, so that this file starts nothing by itself. */
export type Run = (
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly maxBytes: number;
  },
) => Promise<{
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly truncated: boolean;
}>;

export type TokenSource = {
  /** The one of the configuration. */
  readonly token: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly run: Run;
  readonly cwd: string;
  /** `github.com`, or the Enterprise host. */
  readonly host: string;
};

export type FoundToken = { readonly token: string; readonly origin: string };

const GH_TIMEOUT_MS = 5_000;

/**
 * The token and where it came from, or null: configuration, `GH_TOKEN`, `GITHUB_TOKEN`, then what gh holds for the
 * host. gh must be told the host, else it answers for another. Throws `config` for a token that no token can be.
 */
export async function findToken(source: TokenSource): Promise<FoundToken | null> {
  const named: readonly (readonly [string, string | null | undefined])[] = [
    ["config", source.token],
    ["GH_TOKEN", source.env.GH_TOKEN],
    ["GITHUB_TOKEN", source.env.GITHUB_TOKEN],
  ];
  for (const [origin, value] of named) {
    const token = value?.trim();
    if (token) return { token: checked(token, origin), origin };
  }
  return fromGh(source);
}

/** Throws `config` when the token holds what no header may; the message never shows it. */
export function checked(token: string, origin: string): string {
  if (/^[\x21-\x7e]{1,1024}$/.test(token)) return token;
  throw new Problem("config", `The GitHub token from ${origin} holds characters that no token has.`, {
    hint: "copy it again, without quotes, spaces or line breaks",
  });
}

async function fromGh(source: TokenSource): Promise<FoundToken | null> {
  // Without the two variables gh answers from its own login, which is what is asked for here.
  const { GH_TOKEN: _gh, GITHUB_TOKEN: _github, ...env } = source.env;
  const argv = ["gh", "auth", "token", "--hostname", source.host];
  const result = await source
    .run(argv, { cwd: source.cwd, env, timeoutMs: GH_TIMEOUT_MS, maxBytes: 10_000 })
    .catch(notInstalled);
  // No gh, or not logged in: there is no token, which is an answer and not a failure.
  if (result === null || result.code !== 0 || result.timedOut) return null;
  const token = result.stdout.trim();
  return token ? { token: checked(token, "gh auth token"), origin: "gh auth token" } : null;
}

function notInstalled(error: unknown): null {
  const absent =
    error instanceof Problem || (error instanceof Error && "code" in error && error.code === "ENOENT");
  if (absent) return null;
  throw error;
}
