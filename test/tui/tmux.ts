import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WAIT_MS = 20_000;
/** A terminal takes what follows an escape at once for its rest: people are slower. */
const AFTER_ESCAPE_MS = 150;
const LOOK_EVERY_MS = 40;

/** A real terminal of its own: tmux on a private socket, one window. */
export type Terminal = {
  readonly keys: (...keys: readonly string[]) => void;
  /** Text as it is typed, letter by letter. */
  readonly types: (text: string) => void;
  readonly screen: () => string;
  /** Looks until the screen says it; throws with the last screen where it never does. */
  readonly sees: (wanted: RegExp | string, withinMs?: number) => Promise<string>;
  readonly misses: (gone: RegExp | string) => Promise<string>;
  /** What a program has set and may have left set. */
  readonly modes: () => { readonly alternate: boolean; readonly mouse: boolean; readonly cursor: boolean };
  readonly resize: (width: number, height: number) => void;
  readonly end: () => void;
};

export function hasTmux(): boolean {
  return Bun.which("tmux") !== null;
}

export function terminal(options: {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
}): Terminal {
  const folder = mkdtempSync(join(tmpdir(), "rally-tmux-"));
  const socket = join(folder, "socket");
  const tmux = (...args: readonly string[]): string => {
    const done = Bun.spawnSync(["tmux", "-S", socket, "-f", "/dev/null", ...args], {
      env: { ...options.env, TERM: "xterm-256color", TMUX: "" },
    });
    if (done.exitCode !== 0) throw new Error(`tmux ${args.join(" ")}: ${done.stderr.toString()}`);
    return done.stdout.toString();
  };
  const size = ["-x", String(options.width), "-y", String(options.height)];
  tmux("new-session", "-d", "-s", "t", ...size, "-c", options.cwd, options.command);
  const screen = () => tmux("capture-pane", "-p", "-t", "t");
  const until = async (wanted: RegExp | string, there: boolean, withinMs = WAIT_MS): Promise<string> => {
    const end = performance.now() + withinMs;
    for (;;) {
      const now = screen();
      const found = typeof wanted === "string" ? now.includes(wanted) : wanted.test(now);
      if (found === there) return now;
      if (performance.now() > end)
        throw new Error(`The screen ${there ? "never says" : "goes on saying"} ${String(wanted)}:\n${now}`);
      await Bun.sleep(LOOK_EVERY_MS);
    }
  };
  return {
    keys: (...keys) => {
      for (const key of keys) {
        tmux("send-keys", "-t", "t", key);
        if (key === "Escape") Bun.sleepSync(AFTER_ESCAPE_MS);
      }
    },
    types: (text) => void tmux("send-keys", "-t", "t", "-l", text),
    screen,
    sees: (wanted, withinMs) => until(wanted, true, withinMs),
    misses: (gone) => until(gone, false),
    modes: () => {
      const said = tmux("display", "-p", "-t", "t", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").trim();
      return { alternate: said[0] === "1", mouse: said[1] === "1", cursor: said[2] === "1" };
    },
    resize: (width, height) =>
      void tmux("resize-window", "-t", "t", "-x", String(width), "-y", String(height)),
    end: () => {
      Bun.spawnSync(["tmux", "-S", socket, "kill-server"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
