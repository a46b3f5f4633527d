import { expect, test } from "bun:test";
import { PROBLEMS, Problem, type ProblemCode } from "../../src/domain/problem.ts";

test("each problem has the exit status that people script against", () => {
  const exits = Object.fromEntries(
    Object.keys(PROBLEMS).map((code) => [code, new Problem(code as ProblemCode, "x").exit]),
  );
  expect(exits).toEqual({
    usage: 2,
    config: 2,
    git: 3,
    github: 4,
    refused: 5,
    missing: 6,
    conflict: 7,
    agent: 8,
    other: 1,
  });
});

test("a problem keeps its sentence, its hint and its cause", () => {
  const cause = new Error("EACCES");
  const problem = new Problem("git", "The worktree cannot be made.", { hint: "rally doctor", cause });
  expect(problem).toBeInstanceOf(Error);
  expect([problem.name, problem.message, problem.hint, problem.cause]).toEqual([
    "Problem",
    "The worktree cannot be made.",
    "rally doctor",
    cause,
  ]);
  expect(new Problem("git", "x")).not.toHaveProperty("cause");
});
