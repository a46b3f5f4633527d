import { openDashboard } from "../../tui/open.ts";
import { plural } from "../app/ago.ts";
import type { Call } from "../app/call.ts";
import { type Reply, said, tone } from "../app/reply.ts";
import { status } from "../app/status.ts";
import type { PathKind, Wanted } from "../cli/complete.ts";
import { onPath } from "../process/path.ts";
import { runHere } from "../process/quiet.ts";
import type { World } from "../world.ts";
import { program } from "./program.ts";

/** `rally dashboard`, and `rally` alone on a terminal. Where there is none, the status, and why. */
export async function dashboardCommand(world: World, call: Call): Promise<Reply> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const reply = await status(world, call);
    return {
      ...reply,
      aside: [
        ...(reply.aside ?? []),
        "The dashboard needs a terminal, and here is none: this is the status.",
      ],
    };
  }
  const { working } = await openDashboard(world, outside(world));
  const json = { working };
  if (working === 0) return said([], json);
  return said(
    [
      [
        `${plural(working, "agent")} ${working === 1 ? "goes" : "go"} on. `,
        tone("rally", "accent"),
        " comes back to them.",
      ],
    ],
    json,
  );
}

function outside(world: World) {
  const { env } = world.config;
  return {
    run: (argv: readonly string[], cwd: string) => runHere(argv, { cwd, env: env.all }),
    shell: async (words: readonly string[]) => {
      process.stdout.write(`$ rally ${words.join(" ")}\n`);
      const code = await runHere([...program(), ...words], { cwd: env.cwd, env: env.all });
      process.stdout.write("\nEnter goes back to the dashboard. ");
      await runHere(["sh", "-c", "read -r _"], { cwd: "/", env: { PATH: env.path } });
      return code;
    },
    names: async (wanted: Wanted) => {
      const { lookup } = await import("./complete.ts");
      return lookup(world.config, wanted);
    },
    paths: async (folder: string, kind: PathKind) =>
      (await import("./complete-paths.ts")).pathsIn(world.config, folder, kind),
    browse: async (url: string) => (await import("./open.ts")).browse(world, url),
    page: async (id: number) => (await import("./open.ts")).pageAddress(world, id),
    more: { open: async () => (await import("./open.ts")).openCommand },
    desktop: ["notify-send", "osascript"].some((name) => onPath(name, env.path) !== null),
    pause,
  };
}

/** A stop that comes, comes long before that. */
const STOPS_WITHIN_MS = 250;

/**
 * Stops the whole job, as the terminal's own Ctrl-Z would: who started Rally in it must not go on waiting. Gives true
 * when it goes on, and false where nothing stops it, because no shell watches over it.
 */
function pause(): Promise<boolean> {
  return new Promise((resolve) => {
    const goesOn = () => resolve(true);
    process.once("SIGCONT", goesOn);
    process.kill(0, "SIGTSTP");
    setTimeout(() => {
      process.off("SIGCONT", goesOn);
      resolve(false);
    }, STOPS_WITHIN_MS);
  });
}
