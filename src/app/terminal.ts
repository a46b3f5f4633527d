import { onPath } from "../process/path.ts";
import { runHere } from "../process/quiet.ts";
import type { World } from "../world.ts";

/** Main screen, cursor shown, no mouse, no bracketed paste, no enhanced keys. */
const PLAIN =
  "\u001b[?1049l\u001b[?25h\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[<u\u001b[0m";

/** What died by a signal did not put the terminal back as it was. */
export async function leaveTerminal(world: World, code: number): Promise<void> {
  const { env } = world.config;
  if (code <= 128 || !process.stdout.isTTY) return;
  process.stdout.write(PLAIN);
  const stty = onPath("stty", env.path);
  if (stty) await runHere([stty, "sane"], { cwd: "/", env: { PATH: env.path } });
}
