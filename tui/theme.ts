import type { Ground, Tone } from "./frame.ts";

export const THEMES = ["dark", "light", "terminal", "plain"] as const;
export type ThemeName = (typeof THEMES)[number];

/** `#rrggbb`, one of the terminal's sixteen, or null: the terminal's own. */
export type Colour = string | number | null;
/** Bits of `ATTRIBUTES`. */
export type Ink = { readonly colour: Colour; readonly attributes: number };
export type Paper = Ink;
export type Theme = {
  readonly ink: (tone: Tone, ground: Ground) => Ink;
  readonly paper: (ground: Ground) => Paper;
};

/** As the renderer counts them. */
export const ATTRIBUTES = { BOLD: 1, DIM: 2, ITALIC: 4, UNDERLINE: 8, INVERSE: 32 } as const;
const { BOLD, DIM, ITALIC, UNDERLINE, INVERSE } = ATTRIBUTES;

/** Beside its colour, each tone that matters has a sign in the text or an attribute: never colour alone. */
const MARKED: Partial<Record<Tone, number>> = {
  strong: BOLD,
  key: BOLD,
  keyword: BOLD,
  found: BOLD | UNDERLINE,
};

type Colours = {
  readonly tones: Partial<Record<Tone, Colour>>;
  readonly grounds: Partial<Record<Ground, Colour>>;
};

const DARK: Colours = {
  tones: {
    dim: "#8b93a7",
    accent: "#7dcfff",
    good: "#9ece6a",
    bad: "#ff7a93",
    warn: "#e0af68",
    border: "#4b5372",
    key: "#7dcfff",
    keyword: "#bb9af7",
    string: "#9ece6a",
    comment: "#7c85a3",
    number: "#ff9e64",
    found: "#ffd75f",
  },
  grounds: {
    selected: "#2a3350",
    bar: "#1d2233",
    box: "#191d2c",
    added: "#1c3226",
    removed: "#3b2029",
    hunk: "#1b2a3f",
    cursor: "#3a4a78",
  },
};

const LIGHT: Colours = {
  tones: {
    dim: "#666d80",
    accent: "#0a62ad",
    good: "#2e7031",
    bad: "#b4233c",
    warn: "#8a5300",
    border: "#a3aabd",
    key: "#0a62ad",
    keyword: "#7636b5",
    string: "#2e7031",
    comment: "#6d7486",
    number: "#a24a00",
    found: "#8a4b00",
  },
  grounds: {
    selected: "#d3e1fb",
    bar: "#eceff6",
    box: "#f4f6fb",
    added: "#ddf4e0",
    removed: "#fde2e5",
    hunk: "#e3edfa",
    cursor: "#b4cdf7",
  },
};

/** The sixteen colours of the terminal itself; the selected row is turned around, because nobody knows its background. */
const TERMINAL: Colours = {
  tones: {
    accent: 6,
    good: 2,
    bad: 1,
    warn: 3,
    key: 6,
    keyword: 5,
    string: 2,
    number: 3,
  },
  grounds: {},
};

const PLAIN: Colours = { tones: {}, grounds: {} };

/** One name, one object: whether two themes are the same is seen at a look. */
export function themeNamed(name: ThemeName): Theme {
  return MADE[name];
}

function coloured(colours: Colours): Theme {
  return {
    ink: (tone) => ({ colour: colours.tones[tone] ?? null, attributes: MARKED[tone] ?? 0 }),
    paper: (ground) => ({ colour: colours.grounds[ground] ?? null, attributes: 0 }),
  };
}

const SIGNS: Partial<Record<Tone, number>> = {
  ...MARKED,
  dim: DIM,
  border: DIM,
  comment: ITALIC,
  bad: BOLD,
};
const TURNED: readonly Ground[] = ["selected", "cursor"];

function uncoloured(colours: Colours): Theme {
  return {
    ink: (tone, ground) => ({
      colour: TURNED.includes(ground) ? null : (colours.tones[tone] ?? null),
      attributes: SIGNS[tone] ?? 0,
    }),
    paper: (ground) => ({ colour: null, attributes: turned(ground) }),
  };
}

function turned(ground: Ground): number {
  if (TURNED.includes(ground)) return INVERSE;
  return ground === "hunk" ? UNDERLINE : 0;
}

const MADE: Readonly<Record<ThemeName, Theme>> = {
  dark: coloured(DARK),
  light: coloured(LIGHT),
  terminal: uncoloured(TERMINAL),
  plain: uncoloured(PLAIN),
};
