import { onPath } from "../process/path.ts";
import { run } from "../process.ts";
import type { World } from "../world.ts";
import type { Wire } from "./wire.ts";

const TIMEOUT_MS = 5_000;
const DOOR = { door: "spawn", name: "notify" } as const;

/** The desktop's own notifications (`notify-send`, `osascript`), else the terminal's bell and title; null when off. */
export function desktop(world: World): Wire | null {
  if (world.config.notify === "none") return null;
  return {
    room: "desktop",
    deliver: async (told, repeated) => {
      const title = `${told.icon} ${told.title}`;
      const text = repeated ? `${told.detail} (perhaps told before)` : told.detail;
      return notify(world, title, text, told.dispatchId);
    },
  };
}

async function notify(world: World, title: string, text: string, dispatchId: number): Promise<string | null> {
  const { env } = world.config;
  const argv = command(env.path, title, text, dispatchId);
  if (argv === null) return bell(title);
  const done = await run(argv, {
    cwd: "/",
    env: env.all,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 64 * 1024,
    door: DOOR,
  });
  if (done.code === 0) return argv[0] ?? null;
  // No session bus (a server, ssh): that is no failure that another try would mend.
  world.log.debug("desktop.unreachable", { code: done.code, stderr: done.stderr.slice(0, 300) });
  return bell(title);
}

function command(path: string, title: string, text: string, dispatchId: number): string[] | null {
  const body = `${text}\nrally show ${dispatchId}`.trim();
  if (onPath("notify-send", path)) return ["notify-send", "--app-name=Rally", "--", title, body];
  if (onPath("osascript", path))
    return [
      "osascript",
      "-e",
      "on run argv",
      "-e",
      "display notification (item 2 of argv) with title (item 1 of argv)",
      "-e",
      "end run",
      title,
      body,
    ];
  return null;
}

/** OSC 9 where a terminal is there; elsewhere nobody can be reached, and the screens tell it. */
function bell(title: string): string | null {
  if (!process.stderr.isTTY) return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  const words = title.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  process.stderr.write(`\u001b]9;${words}\u0007`);
  return "terminal";
}
