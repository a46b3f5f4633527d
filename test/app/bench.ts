import { handle } from "../../src/app/handle.ts";
import type { Reply } from "../../src/app/reply.ts";
import { isTable, isVerbatim, plain } from "../../src/app/reply.ts";
import { loadConfig } from "../../src/config.ts";
import { Problem } from "../../src/domain/problem.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import type { World } from "../../src/world.ts";
import { type Place, place } from "../e2e/place.ts";

/** The real World of a fresh home, in this process: real git, real processes of agents, the embedded GitHub. */
export type Bench = {
  readonly at: Place;
  readonly world: World;
  /** What a person types; the reply as it is. */
  readonly type: (line: readonly string[]) => Promise<Reply>;
  /** The same, where a problem is what is looked for. */
  readonly refused: (line: readonly string[]) => Promise<Problem>;
  /** A shell in the repository. */
  readonly sh: (script: string, env?: Readonly<Record<string, string>>) => string;
  /** Ticks until it holds, for 15 s at most. */
  readonly until: (holds: () => boolean) => Promise<void>;
  close(): void;
};

const PATIENCE_MS = 15_000;

export async function bench(settings: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const at = await place();
  const program = ["rally"];
  if (Object.keys(settings).length > 0) await set(at, settings);
  const config = loadConfig({ env: at.env, cwd: at.repo, program });
  const world = makeWorld(config);
  const type = (line: readonly string[]) =>
    handle(world, line, { actor: "cli:ana", surface: "cli", cwd: at.repo, asker: null });
  return {
    at,
    world,
    type,
    refused: async (line) => {
      const reply = await type(line).catch((error: unknown) => error);
      if (reply instanceof Problem) return reply;
      const [problem] = (reply as Reply).problems ?? [];
      if (problem) return problem;
      throw new Error(
        `it was not refused: ${line.join(" ")}: ${reply instanceof Error ? reply : textOf(reply as Reply)}`,
      );
    },
    sh: (script, env = {}) => shell(at, script, env),
    until: async (holds) => {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        await world.poke();
        if (holds()) return;
        if (performance.now() > end) throw new Error(`it never came about: ${holds}\n${await account(type)}`);
        await Bun.sleep(20);
      }
    },
    close: () => {
      world.store.close();
      at.close();
    },
  };
}

async function set(at: Place, settings: Readonly<Record<string, string>>): Promise<void> {
  const { setConfigValue } = await import("../../src/config/write.ts");
  for (const [key, value] of Object.entries(settings)) await setConfigValue(at.home, key, value);
}

function shell(at: Place, script: string, env: Readonly<Record<string, string>>): string {
  const done = Bun.spawnSync(["sh", "-ec", script], {
    cwd: at.repo,
    env: { ...at.env, ...env },
    stderr: "pipe",
  });
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stdout}${done.stderr}`);
  return done.stdout.toString().trim();
}

/** How things stand, for who looks into a failure. */
async function account(type: Bench["type"]): Promise<string> {
  return `${textOf(await type(["status"]))}\n${textOf(await type(["history"]))}`;
}

/** A reply's words, its columns apart by one space. */
export function textOf(reply: Reply): string {
  return reply.text
    .map((block) => {
      if (isVerbatim(block)) return block.verbatim;
      if (!isTable(block)) return plain(block);
      return block.table.rows
        .map((row) =>
          "heading" in row
            ? plain(row.heading)
            : "below" in row
              ? plain(row.below)
              : row.map(plain).join(" "),
        )
        .join("\n");
    })
    .join("\n");
}
