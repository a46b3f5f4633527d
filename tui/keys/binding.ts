import type { Act, Event, Overlay } from "../events.ts";
import type { State } from "../model.ts";

/** Where keys go: the screen, or what lies above it. */
export type Place = State["screen"] | Overlay["kind"];

export type Binding = {
  readonly keys: readonly string[];
  /** How the footer writes them, where that is not the first one. */
  readonly shown?: string;
  /** One or two words: the same in the footer, the help and the menus. */
  readonly name: string;
  /** A sentence without its full stop. */
  readonly help: string;
  readonly where: readonly Place[];
  /** Why it cannot be done now; null where it can. */
  readonly why?: (state: State) => string | null;
  readonly act: (state: State) => Act | null;
  /** The line that it stands for, for those who would type it. */
  readonly line?: string;
  /** Its place in the footer; without one it is only in the help. */
  readonly footer?: number;
  /** The action menu has it: it acts on the selected dispatch alone, or where some are marked on each of those. */
  readonly menu?: "one" | "each";
};

export function event(of: Event): Act {
  return { do: "event", event: of };
}

export function open(overlay: Overlay): Act {
  return event({ type: "opened", overlay });
}

export function placeOf(state: State): Place {
  return state.overlays.at(-1)?.kind ?? state.screen;
}

/** In these, every printable key is text. */
export const TYPING: readonly Place[] = ["palette", "pick", "input", "filter", "create"];

/** Farther than any list is long. */
export const EVERY = 1_000_000;
