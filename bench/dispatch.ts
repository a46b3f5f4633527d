import { type Bench, programs, rally } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { peakMb } from "./measure.ts";
import { makeStage, plainly, type Stage, settle, typed } from "./stage.ts";

const SANDBOXES = ["none", "auto"] as const;

/** From a line typed to the agent's first instruction, against making the same worktree by hand. */
export async function dispatched(bench: Bench): Promise<readonly Figure[]> {
  const rounds = bench.long ? 12 : 4;
  const ways = Object.keys(programs(bench)).flatMap((way) =>
    SANDBOXES.map((sandbox) => ({ way, sandbox, ms: [] as number[], peakMb: 0 as number | null })),
  );
  const stage = await makeStage(bench, (rounds + 2) * ways.length);
  try {
    const plain: number[] = [];
    let issue = 0;
    for (let round = -1; round < rounds; round += 1) {
      const by = await plainly(stage, `plain-${round}`);
      if (round >= 0) plain.push(by);
      for (const one of ways) {
        issue += 1;
        const ms = await once(stage, one, issue);
        if (round >= 0) one.ms.push(ms);
      }
    }
    for (const one of ways) {
      issue += 1;
      one.peakMb = await peakMb(
        rally(bench, stage.home, programs(bench)[one.way] ?? [], dispatchOf(issue, one.sandbox), {
          cwd: stage.path,
        }),
        1,
      );
      await settle(stage);
    }
    return ways.map(({ way, sandbox, ms, peakMb }) =>
      figure({
        name: `dispatch, ${way}, sandbox ${sandbox}`,
        what: "rally dispatch 42 → the agent's first instruction, 5,000 files",
        ms,
        baseline: { what: "git worktree add", ms: plain },
        aim: { text: "≤ 1.15 × + 60 ms", holds: (own, by) => own <= 1.15 * by + 60 },
        peakMb,
      }),
    );
  } finally {
    await stage.close();
  }
}

function dispatchOf(issue: number, sandbox: string): string[] {
  return ["dispatch", `${issue}`, "--sandbox", sandbox];
}

async function once(stage: Stage, { way, sandbox }: { way: string; sandbox: string }, issue: number) {
  const { ms } = await typed(stage, way, issue, ["--sandbox", sandbox]);
  if (ms === null) throw new Error(`the agent of #${issue} never began`);
  await settle(stage);
  return ms;
}
