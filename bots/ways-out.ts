import type { Parsed } from "../src/domain/grammar.ts";
import { parseTarget } from "../src/domain/grammar-refs.ts";
import type { Problem } from "../src/domain/problem.ts";
import type { Offered } from "./content.ts";

/** What is not trusted by itself: whoever may dispatch may say that it shall be, once. */
export function waysOut(problem: Problem, parsed: Parsed): Offered[] {
  if (problem.code !== "refused") return [];
  return [...dispatchAnyway(problem, parsed), ...goOnAnyway(problem, parsed)];
}

function dispatchAnyway({ hint = "" }: Problem, parsed: Parsed): Offered[] {
  const [, number, head] = /^rally dispatch (\d+) --trust(?: --head ([0-9a-f]{40,64})\b)?/.exec(hint) ?? [];
  const target =
    number &&
    (parsed.args.target ?? parsed.args.n ?? []).find((word) => parseTarget(word).number === Number(number));
  if (!target) return [];
  return anyway("Dispatch anyway", parsed, head, (flags) => [parsed.command.name, ...flags, target]);
}

const LABELS: Readonly<Record<string, string>> = { continue: "Continue anyway", retry: "Retry anyway" };

function goOnAnyway({ hint = "" }: Problem, parsed: Parsed): Offered[] {
  const { name } = parsed.command;
  const [, said, id = "", head] = /^rally ([a-z]+) (\d+) --trust --head ([0-9a-f]{40,64})\b/.exec(hint) ?? [];
  const label = LABELS[name];
  if (said !== name || !label) return [];
  const words = parsed.args.message ?? [];
  const text = words.length > 0 ? ["--", ...words] : [];
  return anyway(label, parsed, head, (flags) => [name, id, ...flags, ...text]);
}

/** Of a pull request only those commits are trusted by it that were told of. */
function anyway(
  label: string,
  parsed: Parsed,
  head: string | undefined,
  words: (flags: readonly string[]) => readonly string[],
): Offered[] {
  const { trust: _asked, head: _before, ...given } = parsed.flags;
  const line = (...flags: string[]) => words([...flags, ...flagWords(given)]).join(" ");
  const trusts = head === undefined ? ["--trust"] : ["--trust", `--head=${head}`];
  return [{ ...offer(label, line(...trusts)), danger: true }, offer("Read only", line("--no-trust"))];
}

/** The flags of a line as they would be typed. */
export function flagWords(flags: Parsed["flags"]): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => `--${name}=${quoted(String(one))}`);
  });
}

function quoted(word: string): string {
  if (!/\s/.test(word)) return word;
  return word.includes('"') ? `'${word}'` : `"${word}"`;
}

export function offer(label: string, line: string): Offered {
  return { label, line, danger: false, takesText: false };
}
