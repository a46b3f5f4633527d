import { expect, test } from "bun:test";
import { join } from "node:path";
import { Problem } from "../../src/domain/problem.ts";

const ROOT = join(import.meta.dir, "../..");
const FOLDERS = ["src", "bots", "tui"];

/** The sentence of each Problem that is made in a source file, where it is written there. */
const MADE =
  /\bnew Problem\(\s*(?:"\w+"|[\w.?]+(?:\([^)]*\))?),\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(`(?:[^`\\$]|\\.|\$(?:\{(?:[^{}`]|`[^`]*`)*\})?)*`))/g;
/** Helpers that take the sentence as their argument. */
const HANDED =
  /\b(?:github|refused)\(\s*(?:"\w+"),\s*answer,\s*(?:("[^"]*")|(`(?:[^`\\$]|\\.|\$(?:\{(?:[^{}`]|`[^`]*`)*\})?)*`))/g;

type Said = { readonly where: string; readonly text: string };

async function sentences(): Promise<Said[]> {
  const found: Said[] = [];
  for (const folder of FOLDERS)
    for (const file of new Bun.Glob("**/*.ts").scanSync(join(ROOT, folder))) {
      const source = await Bun.file(join(ROOT, folder, file)).text();
      for (const pattern of [MADE, HANDED])
        for (const match of source.matchAll(pattern))
          found.push({ where: `${folder}/${file}`, text: (match[1] ?? match[2] ?? "").slice(1, -1) });
    }
  return found;
}

const all = await sentences();

/** What stands at the beginning by its own spelling: a program, a flag, what was typed, a value. */
function beginsWell(text: string): boolean {
  return /^(?![a-z])/.test(text) || /^git /.test(text);
}

test("all sentences of Problems begin like one", () => {
  expect(all.length).toBeGreaterThan(250);
  expect(all.filter(({ text }) => !beginsWell(text))).toEqual([]);
});

test("all of them end like one, or with what somebody else said", () => {
  expect(all.filter(({ text }) => !/([.?!…]|\})$/.test(text))).toEqual([]);
});

test("none has two sentences' ends, line breaks, or the words of a program's fault", () => {
  expect(all.filter(({ text }) => /\.\.$|\n|\\n|undefined|\[object/.test(text))).toEqual([]);
});

test("what somebody else said ends the sentence with a full stop, once", () => {
  const ends = (text: string) => new Problem("git", text).message;
  expect(ends("origin refused: no such ref")).toBe("origin refused: no such ref.");
  expect(ends("origin refused: no such ref.\n")).toBe("origin refused: no such ref.");
  expect(ends("Which project?")).toBe("Which project?");
});
