import { RALLY, type Theatre } from "./stage.ts";
import { type Terminal, terminal } from "./tmux.ts";

export const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

export type Desks = {
  /** The program itself in a terminal; what is left of it is said on the screen, with its exit code. */
  readonly opened: (
    play: Theatre,
    size?: { readonly width: number; readonly height: number },
    more?: Readonly<Record<string, string>>,
  ) => Terminal;
  readonly kept: (options: Parameters<typeof terminal>[0]) => Terminal;
  /** None is left, also when a test fails. */
  readonly end: () => void;
};

/** Terminals with a dashboard in them. */
export function desks(): Desks {
  const terminals: Terminal[] = [];
  const kept: Desks["kept"] = (options) => {
    const made = terminal(options);
    terminals.push(made);
    return made;
  };
  return {
    kept,
    opened: (play, size = { width: 120, height: 30 }, more = {}) =>
      kept({
        command: `${quoted(RALLY)}; echo "left with $?"; stty -a | grep -o -- '-\\?echo ' | head -1; exec sh`,
        cwd: play.stage.shop,
        env: { ...play.stage.env, EDITOR: "echo seen in the editor; sleep 0.3; true", ...more },
        ...size,
      }),
    end: () => {
      for (const one of terminals) one.end();
    },
  };
}
