import { projectFiles, type Source, sources } from "../tidy/sources.ts";

/** What must always hold, by number; a test of it names the number. */
export const INVARIANTS: Readonly<Record<number, string>> = {
  1: "many claim one issue, one gets it, and the losers change nothing",
  2: "a dispatch has at most one live run",
  3: "a target has at most one dispatch",
  4: "of two heartbeats one works",
  5: "capacity is exceeded on no path",
  6: "implementing becomes reviewing exactly when the session has ended",
  7: "a live process never ends a run, however old its log",
  8: "what cannot be told counts as alive",
  9: "a pid that was given to another process is dead",
  10: "the same facts twice: no second transition, no second message",
  11: "a refresh moves neither reviewing nor upstream",
  12: "every combination of facts has one display",
  13: "a run that crashes without a word still ends",
  14: "no label that an agent declares changes a status",
  15: "submit needs a pull request that was seen, and green guardrails",
  16: "an agent never moves a card to done, but for a sub-issue's approval",
  17: "who wrote it does not review it; who reviews cannot merge",
  18: "an approval belongs to a head commit and lapses with it",
  19: "only the tables' transitions happen",
  20: "the handoff is posted before the change",
  21: "killed between any two effects and started again: the same end",
  22: "every change has one journal row, and replaying them rebuilds the states",
  23: "change requests go before fresh work, then rank",
  24: "a card that is stuck does not starve the next",
  25: "rounds of review are capped",
  26: "sub-issues go into their epic's branch",
  27: "an epic is for a human when all of it is done, and comes back",
  28: "supervised work is never merged by itself",
  29: "a cycle of dependencies is reported, not dispatched",
  30: "cleaning removes no work that exists nowhere else; forced, it archives it",
  31: "cleaning orphans touches only our own worktrees that have no record",
  32: "cleaning goes on after a crash at any step",
  33: "squash-merged is merged",
  34: "one grouping function; a count is the length of its list",
  35: "a person is one actor on every surface",
  36: "every way in has a way out, and a way to see it, everywhere",
};

/** These come with the board. */
export const LATER: readonly number[] = [15, 16, 17, 18, 20, 23, 24, 25, 26, 27, 28, 29];

/** The test files that name each invariant. */
export async function testsOfInvariants(): Promise<Map<number, string[]>> {
  const tests = await sources(projectFiles().filter((path) => /^test\/.*\.test\.ts$/.test(path)));
  const found = new Map(Object.keys(INVARIANTS).map((number): [number, string[]] => [Number(number), []]));
  for (const source of tests) for (const number of numbersIn(source)) found.get(number)?.push(source.path);
  return found;
}

/** From names like `invariant 6: …` and `invariants 7 and 8: …`. */
function numbersIn({ text }: Source): Set<number> {
  const named = text.matchAll(/["'`]invariants? (\d+(?:(?:, | and )\d+)*):/g);
  return new Set([...named].flatMap(([, list = ""]) => (list.match(/\d+/g) ?? []).map(Number)));
}
