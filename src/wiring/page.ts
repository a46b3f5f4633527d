import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { type ServedPage, servePage } from "../web/serve.ts";
import type { World } from "../world.ts";

export type PageOfUp = {
  readonly holds: () => void;
  readonly took: (tick: "fast" | "slow", ms: number) => void;
  stop(): Promise<void>;
};

/** The status page of a heartbeat. Where it cannot be served that is said, and the heartbeat goes on without it. */
export function pageOf(world: World, say: (line: string) => void): PageOfUp {
  let page: ServedPage | null = null;
  return {
    holds: () => {
      try {
        page = servePage(world);
        note(world, page.url);
        say(`The status page is at ${page.url}`);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        say(`warning: ${world.redact(error.message)}`);
        if (error.hint) say(`hint: ${error.hint}`);
      }
    },
    took: (tick, ms) => page?.ticks.told(tick, ms),
    stop: async () => {
      if (page === null) return;
      rmSync(noteFile(world), { force: true });
      await page.stop();
    },
  };
}

/** Where the page of this home is served now, by the process that holds the heartbeat; null where it is not. */
export function pageServedBy(world: World, pid: number): string | null {
  try {
    const noted = JSON.parse(readFileSync(noteFile(world), "utf8")) as {
      readonly pid: number;
      readonly url: string;
    };
    return noted.pid === pid ? noted.url : null;
  } catch {
    return null;
  }
}

/** The port may be any, so it is written down; a file that a killed process left names another pid. */
function note(world: World, url: string): void {
  writeFileSync(noteFile(world), `${JSON.stringify({ pid: process.pid, url })}\n`, { mode: 0o600 });
}

function noteFile(world: World): string {
  return join(world.config.home, "web.json");
}
