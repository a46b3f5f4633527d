import type { Case } from "./github-case.ts";
import { FAILURES } from "./github-failures.ts";
import { PULLS, WRITES } from "./github-pulls.ts";
import { FACTS, LISTS } from "./github-reads.ts";

/** What every implementation of the port `GitHub` must do. */
export const CASES: readonly Case[] = [...FACTS, ...PULLS, ...LISTS, ...WRITES, ...FAILURES];
