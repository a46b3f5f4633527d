/** What a setting may be: its default, the allowed values in words, and the reading of one value. */
export type Rule<T> = {
  readonly fallback: T;
  /** Ends the sentence "It must be …". */
  readonly allowed: string;
  readonly secret?: true;
  /** The value as Rally uses it; `undefined` where it is not allowed. */
  readonly read: (value: unknown) => T | undefined;
  /** What a person typed after `config set`, as the value that the file would hold. */
  readonly typed: (text: string) => unknown;
};

export function integer(fallback: number, min: number, max: number, unit: string | null): Rule<number> {
  return {
    fallback,
    allowed: `a whole number${unit ? ` of ${unit}` : ""} from ${min} to ${max}`,
    read: (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
        ? value
        : undefined,
    typed: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
  };
}

export function bool(fallback: boolean): Rule<boolean> {
  return {
    fallback,
    allowed: "true or false",
    read: (value) => (typeof value === "boolean" ? value : undefined),
    typed: (text) => (text === "true" ? true : text === "false" ? false : text),
  };
}

export function oneOf<const T extends string>(fallback: T, values: readonly T[]): Rule<T> {
  return {
    fallback,
    allowed: `one of ${values.join(", ")}`,
    read: (value) => values.find((candidate) => candidate === value),
    typed: (text) => text,
  };
}

export function text(fallback: string): Rule<string> {
  return { fallback, allowed: "a line of text", read: line, typed: (typed) => typed };
}

/** Text that need not be there: `null` in the file, and as what is typed, means "not set". */
export function optionalText(): Rule<string | null> {
  return {
    fallback: null,
    allowed: "a line of text, or null",
    read: (value) => (value === null ? null : line(value)),
    typed: (typed) => (typed === "null" ? null : typed),
  };
}

export function secret(): Rule<string | null> {
  return { ...optionalText(), secret: true };
}

export function optionalUrl(): Rule<string | null> {
  return {
    ...optionalText(),
    allowed: "an http or https address, or null",
    read: (value) => {
      if (value === null) return null;
      // `memory:` is the embedded GitHub of the demo and of tests, in a folder.
      return typeof value === "string" && /^(https?:\/\/\S+|memory:\/.+)$/.test(value) ? value : undefined;
    },
  };
}

/** Of a page of our own, which people reach through a browser. */
export function webUrl(): Rule<string | null> {
  return {
    ...optionalText(),
    allowed: "an http or https address, or null",
    read: (value) => {
      if (value === null) return null;
      const fits = typeof value === "string" && /^https?:\/\/[^\s/]/.test(value) && URL.canParse(value);
      return fits ? value.replace(/\/+$/, "") : undefined;
    },
  };
}

export function texts(): Rule<readonly string[]> {
  return {
    fallback: [],
    allowed: "a list of texts",
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const lines = value.map(line);
      return lines.every((item) => item !== undefined) ? lines : undefined;
    },
    typed: (typed) =>
      typed
        .replace(/^\[|\]$/g, "")
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== ""),
  };
}

/** A mapping of texts, as an agent's `env` is. Numbers and booleans are taken as they were written. */
export function textMap(): Rule<Readonly<Record<string, string>>> {
  return {
    fallback: {},
    allowed: "a mapping of names to texts",
    read: (value) => {
      if (!isMapping(value)) return undefined;
      const entries = Object.entries(value).map(([name, item]) => [name, scalar(item)] as const);
      if (entries.some(([, item]) => item === undefined)) return undefined;
      return Object.fromEntries(entries.map(([name, item]) => [name, item ?? ""]));
    },
    typed: (typed) => typed,
  };
}

/** People of a chat platform, by their ids (`U024BE7LH`, `77123456`), never by their names. */
export function ids(): Rule<readonly string[]> {
  const id = (value: unknown) => (typeof value === "number" ? String(value) : value);
  return {
    ...texts(),
    allowed: "a list of ids, as the chat platform has them",
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const all = value.map(id);
      return all.every((item) => typeof item === "string" && /^[A-Za-z0-9_-]{1,40}$/.test(item))
        ? (all as string[])
        : undefined;
    },
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function line(value: unknown): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  return typeof value === "string" && value.trim() !== "" && !/[\u0000-\u001f\u007f]/.test(value)
    ? value
    : undefined;
}

function scalar(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
