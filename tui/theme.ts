import { RGBA, TextAttributes } from "@opentui/core";
import type { Ground, Tone } from "./frame.ts";

export const THEMES = ["dark", "light", "terminal", "plain"] as const;
export type ThemeName = (typeof THEMES)[number];

export type Ink = { readonly colour: RGBA; readonly attributes: number };
export type Paper = { readonly colour: RGBA; readonly attributes: number };
export type Theme = {
  readonly ink: (tone: Tone, ground: Ground) => Ink;
  readonly paper: (ground: Ground) => Paper;
};

const { BOLD, DIM, ITALIC, UNDERLINE, INVERSE } = TextAttributes;
const DEFAULT_INK = RGBA.defaultForeground();
const DEFAULT_PAPER = RGBA.defaultBackground();

/** Beside its colour, each tone that matters has a sign in the text or an attribute: never colour alone. */
const ATTRIBUTES: Partial<Record<Tone, number>> = {
  strong: BOLD,
  key: BOLD,
  keyword: BOLD,
  found: BOLD | UNDERLINE,
};

type Colours = {
  readonly tones: Partial<Record<Tone, RGBA>>;
  readonly grounds: Partial<Record<Ground, RGBA>>;
};

const hex = (colour: string): RGBA => RGBA.fromHex(colour);
const index = (slot: number): RGBA => RGBA.fromIndex(slot);

const DARK: Colours = {
  tones: {
    dim: hex("#8b93a7"),
    accent: hex("#7dcfff"),
    good: hex("#9ece6a"),
    bad: hex("#ff7a93"),
    warn: hex("#e0af68"),
    border: hex("#4b5372"),
    key: hex("#7dcfff"),
    keyword: hex("#bb9af7"),
    string: hex("#9ece6a"),
    comment: hex("#7c85a3"),
    number: hex("#ff9e64"),
    found: hex("#ffd75f"),
  },
  grounds: {
    selected: hex("#2a3350"),
    bar: hex("#1d2233"),
    box: hex("#191d2c"),
    added: hex("#1c3226"),
    removed: hex("#3b2029"),
    hunk: hex("#1b2a3f"),
    cursor: hex("#3a4a78"),
  },
};

const LIGHT: Colours = {
  tones: {
    dim: hex("#666d80"),
    accent: hex("#0a62ad"),
    good: hex("#2e7031"),
    bad: hex("#b4233c"),
    warn: hex("#8a5300"),
    border: hex("#a3aabd"),
    key: hex("#0a62ad"),
    keyword: hex("#7636b5"),
    string: hex("#2e7031"),
    comment: hex("#6d7486"),
    number: hex("#a24a00"),
    found: hex("#8a4b00"),
  },
  grounds: {
    selected: hex("#d3e1fb"),
    bar: hex("#eceff6"),
    box: hex("#f4f6fb"),
    added: hex("#ddf4e0"),
    removed: hex("#fde2e5"),
    hunk: hex("#e3edfa"),
    cursor: hex("#b4cdf7"),
  },
};

/** The sixteen colours of the terminal itself; the selected row is turned around, because nobody knows its background. */
const TERMINAL: Colours = {
  tones: {
    accent: index(6),
    good: index(2),
    bad: index(1),
    warn: index(3),
    key: index(6),
    keyword: index(5),
    string: index(2),
    number: index(3),
  },
  grounds: {},
};

const PLAIN: Colours = { tones: {}, grounds: {} };

export function themeNamed(name: ThemeName): Theme {
  if (name === "dark") return coloured(DARK);
  if (name === "light") return coloured(LIGHT);
  return uncoloured(name === "terminal" ? TERMINAL : PLAIN);
}

function coloured(colours: Colours): Theme {
  return {
    ink: (tone) => ({ colour: colours.tones[tone] ?? DEFAULT_INK, attributes: ATTRIBUTES[tone] ?? 0 }),
    paper: (ground) => ({ colour: colours.grounds[ground] ?? DEFAULT_PAPER, attributes: 0 }),
  };
}

const SIGNS: Partial<Record<Tone, number>> = {
  ...ATTRIBUTES,
  dim: DIM,
  border: DIM,
  comment: ITALIC,
  bad: BOLD,
};
const TURNED: readonly Ground[] = ["selected", "cursor"];

function uncoloured(colours: Colours): Theme {
  return {
    ink: (tone, ground) => ({
      colour: TURNED.includes(ground) ? DEFAULT_INK : (colours.tones[tone] ?? DEFAULT_INK),
      attributes: SIGNS[tone] ?? 0,
    }),
    paper: (ground) => ({ colour: DEFAULT_PAPER, attributes: turned(ground) }),
  };
}

function turned(ground: Ground): number {
  if (TURNED.includes(ground)) return INVERSE;
  return ground === "hunk" ? UNDERLINE : 0;
}
