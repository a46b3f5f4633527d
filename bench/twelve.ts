import { type Bench, programs } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { makeStage, plainly, type Stage, settle, typed } from "./stage.ts";

const AT_ONCE = 12;

/** Twelve dispatches typed at once, with room for twelve: until the last agent has begun. */
export async function twelve(bench: Bench): Promise<readonly Figure[]> {
  const rounds = bench.long ? 5 : 1;
  const ways = Object.keys(programs(bench)).map((way) => ({ way, ms: [] as number[], missing: 0 }));
  const stage = await makeStage(bench, AT_ONCE * rounds * ways.length);
  try {
    const plain: number[] = [];
    let issue = 0;
    for (let round = 0; round < rounds; round += 1) {
      plain.push(await oneByOne(stage, round));
      for (const one of ways) {
        const first = issue;
        issue += AT_ONCE;
        const began = await atOnce((n) => typed(stage, one.way, first + n, ["--sandbox", "none"]));
        one.missing += began.filter(({ ms }) => ms === null).length;
        one.ms.push(Math.max(...began.map(({ ms }) => ms ?? 0)));
        await settle(stage);
      }
    }
    return ways.map(({ way, ms, missing }) =>
      figure({
        name: `twelve, ${way}`,
        what: `${AT_ONCE} × rally dispatch at once, until the last agent has begun`,
        ms,
        baseline: { what: `${AT_ONCE} × git worktree add, one by one`, ms: plain },
        aim: { text: "0 failures", holds: () => missing === 0 },
        note: `${AT_ONCE * rounds - missing} of ${AT_ONCE * rounds} agents ran.`,
      }),
    );
  } finally {
    await stage.close();
  }
}

/** Git itself cannot make twelve at once: some fail on each other's half-made records. */
async function oneByOne(stage: Stage, round: number): Promise<number> {
  let ms = 0;
  for (let n = 1; n <= AT_ONCE; n += 1) ms += await plainly(stage, `plain-${round}-${n}`);
  return ms;
}

function atOnce<T>(work: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, at) => work(at + 1)));
}
