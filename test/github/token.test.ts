import { expect, test } from "bun:test";
import { Problem } from "../../src/domain/problem.ts";
import { findToken, type Run, type TokenSource } from "../../src/github/token.ts";
import { problem } from "../contract/github-case.ts";

type Call = { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };

function gh(code: number, stdout: string): { readonly run: Run; readonly calls: Call[] } {
  const calls: Call[] = [];
  const run: Run = async (argv, { env }) => {
    calls.push({ argv, env });
    return { code, stdout, stderr: "", timedOut: false, truncated: false };
  };
  return { run, calls };
}

const source = (change: Partial<TokenSource>): TokenSource => ({
  token: null,
  env: {},
  run: gh(1, "").run,
  cwd: "/",
  host: "github.com",
  ...change,
});

test("configuration first, then GH_TOKEN, then GITHUB_TOKEN, then gh; blanks do not count", async () => {
  const env = { GH_TOKEN: "b\n", GITHUB_TOKEN: "c", PATH: "/bin" };
  const { run, calls } = gh(0, "d\n");
  expect(await findToken(source({ token: "a", env, run }))).toEqual({ token: "a", origin: "config" });
  expect(await findToken(source({ token: " ", env, run }))).toEqual({ token: "b", origin: "GH_TOKEN" });
  const blank = { ...env, GH_TOKEN: "" };
  expect(await findToken(source({ env: blank, run }))).toEqual({ token: "c", origin: "GITHUB_TOKEN" });
  expect(calls).toEqual([]);
  const none = { PATH: "/bin", GH_TOKEN: "", GITHUB_TOKEN: " " };
  const found = await findToken(source({ env: none, run, host: "ghe.example.com" }));
  expect(found).toEqual({ token: "d", origin: "gh auth token" });
  const argv = ["gh", "auth", "token", "--hostname", "ghe.example.com"];
  expect(calls).toEqual([{ argv, env: { PATH: "/bin" } }]);
});

test("no gh, or gh without a login: there is no token", async () => {
  expect(await findToken(source({}))).toBeNull();
  expect(await findToken(source({ run: gh(0, "\n").run }))).toBeNull();
  const absent = async () => {
    throw new Problem("missing", "gh is not installed");
  };
  expect(await findToken(source({ run: absent }))).toBeNull();
});

test("a bug in starting gh is not taken for a missing login", async () => {
  const broken = async () => {
    throw new TypeError("x is not a function");
  };
  await expect(findToken(source({ run: broken }))).rejects.toThrow(TypeError);
});

test("a token that cannot be one is refused without being shown", async () => {
  const refused = await problem(findToken(source({ env: { GH_TOKEN: "ghp_abc\ndef secret" } })));
  expect([refused.code, refused.message]).toEqual([
    "config",
    "The GitHub token from GH_TOKEN holds characters that no token has.",
  ]);
});
