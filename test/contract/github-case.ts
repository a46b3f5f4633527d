import { expect } from "bun:test";
import type { Problem } from "../../src/domain/problem.ts";
import type { GitHub, NewPull } from "../../src/github/github.ts";
import type { People } from "../../src/github/memory/people.ts";
import type { Bench } from "./github-bench.ts";

/** One thing that every implementation of the port must do. `except` names one that cannot, and why. */
export type Case = {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  readonly except?: Readonly<Record<string, string>>;
};

export const APP = "acme/app";
export const PULL: NewPull = {
  title: "Fix login",
  body: "Closes #1",
  head: "rally/1-fix",
  base: "main",
  draft: false,
};

/** The Problem that a request ends with; the test fails when it does not fail. */
export async function problem(request: Promise<unknown>): Promise<Problem> {
  const [outcome] = await Promise.allSettled([request]);
  if (outcome?.status !== "rejected") throw new Error("it should have been refused");
  expect(outcome.reason.name).toBe("Problem");
  return outcome.reason;
}

export async function opened(people: People, github: GitHub, pull: NewPull = PULL): Promise<number> {
  await people.push(APP, pull.head, `${pull.head}@1`);
  return (await github.createPull(APP, pull)).number;
}
