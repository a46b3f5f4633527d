import { writeSync } from "node:fs";
import { dashboardData } from "../src/app/dashboard-data.ts";
import { Problem } from "../src/domain/problem.ts";
import type { World } from "../src/world.ts";
import { ansiOf } from "./ansi.ts";
import { draw } from "./draw.ts";
import { start } from "./model.ts";
import type { Outside } from "./outside.ts";
import { reduce } from "./state.ts";
import { type ThemeName, themeNamed } from "./theme.ts";

export type Closed = {
  /** Agents that go on. */
  readonly working: number;
};

/** What is on the screen before the renderer is. */
export type FirstFrame = {
  readonly theme: ThemeName;
  /** The renderer may begin: it saves the cursor of the normal screen, and nothing is seen of the change. */
  readonly give: () => void;
  /** The renderer has the terminal, and gives it back. */
  readonly given: () => void;
};

/**
 * The dashboard, until it is left. Whatever happens, the terminal is as it was before. The fleet is on the screen before
 * the renderer is loaded, which takes longer than everything else. Throws Problem `other` where something went wrong
 * that the dashboard cannot go on after; what it was is in the log.
 */
export async function openDashboard(world: World, outside: Outside): Promise<Closed> {
  const theme: ThemeName = world.config.env.noColor ? "plain" : "dark";
  let ours = true;
  const restore = () => {
    if (!ours) return;
    ours = false;
    writeSync(1, LEAVE);
    process.stdin.setRawMode(false);
  };
  // Also when a signal ends the process meanwhile.
  process.once("exit", restore);
  try {
    process.stdin.setRawMode(true);
    writeSync(1, `${ENTER}${fleetNow(world, theme)}`);
    const { runDashboard } = await import("./tui.ts");
    return await runDashboard(world, outside, {
      theme,
      give: () => void writeSync(1, GIVE),
      given: () => {
        ours = false;
      },
    });
  } finally {
    restore();
    process.off("exit", restore);
  }
}

/** The other screen, empty, without a cursor. */
const ENTER = "\u001b[?1049h\u001b[2J\u001b[?25l";
const LEAVE = "\u001b[?2026l\u001b[0m\u001b[?25h\u001b[?1049l";
/** The cursor is where it was on entering, and the terminal shows nothing new until the next frame is whole. */
const GIVE = "\u001b8\u001b[?2026h";

function fleetNow(world: World, theme: ThemeName): string {
  const { columns: width, rows: height } = process.stdout;
  try {
    const data = dashboardData(world, { all: false });
    const state = reduce(start({ width, height }, theme), { type: "loaded", data });
    const rich = /^(truecolor|24bit)$/.test(world.config.env.all.COLORTERM ?? "");
    return ansiOf(draw(state), themeNamed(theme), rich ? "ansi-16m" : "ansi-256");
  } catch (error) {
    // The dashboard itself says what is wrong, and when it is over.
    if (error instanceof Problem) return "";
    throw error;
  }
}
