import { describe, expect, test } from "bun:test";
import { parseDispatchRef, parseTarget } from "../../src/domain/grammar-refs.ts";
import { problemOf } from "../fixtures/problem.ts";

const target = (number: number, more: Record<string, unknown> = {}) => ({
  number,
  kind: null,
  repo: null,
  host: null,
  ...more,
});
const by = (number: number, more: Record<string, unknown> = {}) => ({
  by: "target",
  number,
  kind: null,
  project: null,
  host: null,
  ...more,
});

describe("a target", () => {
  const onGitHub = { repo: "acme/app", host: "github.com" };
  const cases: readonly (readonly [string, Record<string, unknown>])[] = [
    ["42", target(42)],
    ["#42", target(42)],
    [" 42 ", target(42)],
    ["042", target(42)],
    ["acme/app#42", target(42, { repo: "acme/app" })],
    ["acme.inc/my-app_2#42", target(42, { repo: "acme.inc/my-app_2" })],
    ["pr 12", target(12, { kind: "pr" })],
    ["pr#12", target(12, { kind: "pr" })],
    ["PR #12", target(12, { kind: "pr" })],
    ["issue 42", target(42, { kind: "issue" })],
    ["https://github.com/acme/app/issues/42", target(42, { kind: "issue", ...onGitHub })],
    ["https://github.com/acme/app/issues/42#issuecomment-1", target(42, { kind: "issue", ...onGitHub })],
    ["https://github.com/acme/app/pull/12", target(12, { kind: "pr", ...onGitHub })],
    ["https://github.com/acme/app/pull/12/files#diff-1", target(12, { kind: "pr", ...onGitHub })],
    ["https://github.com/acme/app/pull/12/commits/abc?w=1", target(12, { kind: "pr", ...onGitHub })],
    ["https://github.com/acme/app/pull/12/", target(12, { kind: "pr", ...onGitHub })],
    ["github.com/acme/app/issues/42", target(42, { kind: "issue", ...onGitHub })],
    ["HTTPS://GitHub.com/acme/app/issues/42", target(42, { kind: "issue", ...onGitHub })],
    [
      "https://github.acme.io/acme/app/pull/12",
      target(12, { kind: "pr", repo: "acme/app", host: "github.acme.io" }),
    ],
    [
      "http://127.0.0.1:4000/repos/acme/app/pulls/12",
      target(12, { kind: "pr", repo: "acme/app", host: "127.0.0.1:4000" }),
    ],
    [
      "https://github.com/acme/issues/issues/42",
      target(42, { kind: "issue", repo: "acme/issues", host: "github.com" }),
    ],
    ["2147483647", target(2_147_483_647)],
  ];
  for (const [text, expected] of cases)
    test(text, () => {
      expect(parseTarget(text)).toEqual(expected as ReturnType<typeof parseTarget>);
    });

  test("the kind that was asked for holds, and must agree", () => {
    expect(parseTarget("12", "pr").kind).toBe("pr");
    expect(parseTarget("https://github.com/a/b/issues/4", "issue").kind).toBe("issue");
    const problem = problemOf(() => parseTarget("https://github.com/a/b/pull/4", "issue"));
    expect(problem.message).toBe('"https://github.com/a/b/pull/4" is a pull request, not an issue.');
    expect(problem.hint).toBe("rally dispatch pr https://github.com/a/b/pull/4");
  });
});

describe("a dispatch", () => {
  const cases: readonly (readonly [string, Record<string, unknown>])[] = [
    ["7", { by: "id", id: 7 }],
    ["007", { by: "id", id: 7 }],
    ["#42", by(42)],
    ["acme/app#42", by(42, { project: "acme/app" })],
    ["app#42", by(42, { project: "app" })],
    ["pr#12", by(12, { kind: "pr" })],
    ["PR 12", by(12, { kind: "pr" })],
    ["issue#42", by(42, { kind: "issue" })],
    ["https://github.com/acme/app/pull/12", by(12, { kind: "pr", project: "acme/app", host: "github.com" })],
  ];
  for (const [text, expected] of cases)
    test(text, () => {
      expect(parseDispatchRef(text)).toEqual(expected as ReturnType<typeof parseDispatchRef>);
    });
});

describe("bad ones are one sentence and a hint", () => {
  const bad = [
    "0",
    "-1",
    "+1",
    "12abc",
    "1e3",
    "99999999999",
    "1.5",
    "",
    " ",
    "#",
    "#0",
    "#-1",
    "#12abc",
    "##4",
    "abc",
    "a/b/c#4",
    "pr#0",
    "pr",
    "acme/app",
    "acme/app#",
    "acme/app#x",
    "٤٢",
    "https://github.com/acme/app",
    "https://github.com/acme/app/issues",
    "https://github.com/acme/app/issues/new",
    "https://github.com/acme/app/issues/0",
    "https://github.com/acme/app/actions/runs/42",
    "x".repeat(5000),
    "4 2",
    "4\n2",
  ];
  for (const text of bad)
    test(JSON.stringify(text.slice(0, 60)), () => {
      for (const act of [() => parseTarget(text), () => parseDispatchRef(text)]) {
        const problem = problemOf(act);
        expect(problem.code).toBe("usage");
        expect(problem.message.length).toBeLessThan(250);
        expect(problem.message).toMatch(/\.$/);
        expect(problem.hint).toStartWith("rally ");
      }
    });

  test("a number that is too large is told so", () => {
    expect(problemOf(() => parseTarget("99999999999")).message).toBe(
      '"99999999999" is not the number of an issue or pull request: it is too large.',
    );
  });

  test("a bare project's name is for dispatches alone", () => {
    expect(problemOf(() => parseTarget("app#42")).hint).toBe("rally dispatch 42 --project app");
  });
});
