import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, BUN, environment, programs, rally } from "./bench.ts";
import { type Figure, figure } from "./figure.ts";
import { addDispatch, fill, sleeper } from "./homes.ts";
import { type Command, inTurn, peakMb, type Timed, timed } from "./measure.ts";

const LIVE = 20;

/** `--help` and `status --json` against Bun itself, which does nothing. */
export async function commands(bench: Bench): Promise<readonly Figure[]> {
  const asleep = sleeper();
  try {
    const homes = makeHomes(bench, asleep.identity);
    const found: Figure[] = [];
    for (const [way, program] of Object.entries(programs(bench)))
      found.push(...(await ofProgram(bench, homes, way, program)));
    return found;
  } finally {
    asleep.end();
  }
}

type Homes = { readonly empty: string; readonly thousand: string; readonly tenThousand: string };

function makeHomes(bench: Bench, identity: ReturnType<typeof sleeper>["identity"]): Homes {
  const made = (name: string, open: number, done: number) => {
    const home = join(bench.root, `home-${name}`);
    const path = join(bench.root, "app");
    mkdirSync(path, { recursive: true });
    bench.say(`a home with ${open} open dispatches and ${done} done ones`);
    fill(home, { path, repo: "acme/app", remote: "origin" }, {}, (filling) => {
      for (let number = 1; number <= done; number += 1)
        addDispatch(filling, { number, as: "done", identity });
      for (let number = done + 1; number <= done + open; number += 1) {
        const as = done + open - number < LIVE ? "live" : "ended";
        const run = addDispatch(filling, { number, as, identity });
        if (as === "live") makeRun(home, run);
      }
    });
    return home;
  };
  return {
    empty: made("empty", 0, 0),
    thousand: made("thousand", 1_000, 0),
    tenThousand: made("ten-thousand", 1_000, 9_000),
  };
}

/** What a live run has lying there. */
export function makeRun(home: string, run: number): void {
  const dir = join(home, "runs", `${run}`);
  mkdirSync(join(dir, "answers"), { recursive: true });
  writeFileSync(join(dir, "log"), '{"type":"assistant.message","data":{"content":"Looking around."}}\n');
  writeFileSync(join(dir, "inbox"), "");
}

async function ofProgram(
  bench: Bench,
  homes: Homes,
  way: string,
  program: readonly string[],
): Promise<Figure[]> {
  const bare: Command = { argv: [...BUN, "-e", "0"], cwd: bench.root, env: environment(bench, homes.empty) };
  const status = (home: string) => rally(bench, home, program, ["status", "--json"]);
  const asked = {
    bare,
    help: rally(bench, homes.empty, program, ["--help"]),
    empty: status(homes.empty),
    thousand: status(homes.thousand),
    tenThousand: status(homes.tenThousand),
  };
  const ms = inTurn(bench.long ? 60 : 15, {
    bare: () => timed(asked.bare),
    help: () => timed(asked.help),
    empty: () => timed(asked.empty),
    thousand: () => timed(asked.thousand),
    tenThousand: () => timed(asked.tenThousand),
  });
  const against = { what: "bun -e 0", ...spreadOf(ms.bare) };
  const toEmpty = { what: "the same, empty", ...spreadOf(ms.empty) };
  const bareMb = await peakMb(bare);
  const memory = async (command: Command) => ({ peakMb: await peakMb(command), baselineMb: bareMb });
  return [
    figure({
      name: `help, ${way}`,
      what: "rally --help",
      ...spreadOf(ms.help),
      baseline: against,
      aim: { text: "≤ 1.6 × bun", holds: (own, bun) => own <= 1.6 * bun },
      ...(await memory(asked.help)),
    }),
    figure({
      name: `status 0, ${way}`,
      what: "rally status --json, nothing dispatched",
      ...spreadOf(ms.empty),
      baseline: against,
      ...(await memory(asked.empty)),
    }),
    figure({
      name: `status 1,000, ${way}`,
      what: "rally status --json, 1,000 dispatches (20 live)",
      ...spreadOf(ms.thousand),
      baseline: against,
      aim: { text: "≤ 30 ms", holds: (own) => own <= 30 },
      ...(await memory(asked.thousand)),
    }),
    figure({
      name: `status 10,000, ${way}`,
      what: "rally status --json, 1,000 open of 10,000 (20 live)",
      ...spreadOf(ms.tenThousand),
      baseline: toEmpty,
      aim: { text: "≤ 2.5 × empty", holds: (own, empty) => own <= 2.5 * empty },
      ...(await memory(asked.tenThousand)),
    }),
  ];
}

function spreadOf(times: readonly Timed[]) {
  return { ms: times.map(({ ms }) => ms), cpuMs: times.map(({ cpuMs }) => cpuMs) };
}
