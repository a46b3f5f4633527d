import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { engines } from "../../package.json";
import { agents } from "../../src/agents/registry.ts";
import { MOODS } from "../../src/agents/scripted/script.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { ROOT } from "../tidy/sources.ts";
import { readmeSections } from "./readme.ts";
import { fill } from "./tables.ts";

const readme = await Bun.file(join(ROOT, "README.md")).text();
const guide = await Bun.file(join(ROOT, "docs/agents.md")).text();

test("README.md shows commands, icons and settings as they are in the code (bun run docs)", async () => {
  expect(fill(readme, await readmeSections())).toBe(readme);
});

test("the two commands name the Bun that the manifest asks for, and no registry", () => {
  const versions = [...readme.matchAll(/bun@([\d.]+)/g)].map((match) => match[1]);
  expect(new Set(versions)).toEqual(new Set([engines.bun.replace(/^\D+/, "")]));
  expect(readme).not.toMatch(/registry|npmjs/);
});

test("every line of Rally's that the documents show is one that it understands", () => {
  const lines = [readme, guide].flatMap((text) => [...text.matchAll(/(?<=`|^)rally [^`\n]+/gm)]);
  const words = lines.map(([line]) => (line.split("#")[0] ?? "").trim()).filter((line) => line !== "rally …");
  const refused = words.filter((line) => !understood(line));
  expect(words.length).toBeGreaterThan(20);
  expect(refused).toEqual([]);
});

test("files that the documents point to are there, and every agent and mood is named", () => {
  const linked = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map((match) => match[1] ?? "");
  expect(linked.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const known = Object.keys(agents).filter((name) => name !== "scripted");
  expect(known.filter((name) => !readme.includes(`| \`${name}\` |`))).toEqual([]);
  expect([...known, ...MOODS].filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

/** A command's bare name, or a whole line, in which placeholders stand for what a person would type. */
function understood(line: string): boolean {
  const name = line.replace(/^rally /, "").replace(/ -.*$/, "");
  if (COMMANDS.some((command) => command.name === name && !command.later)) return true;
  const words = [...line.matchAll(/"[^"]*"|\S+/g)]
    .map(([word]) =>
      word
        .replaceAll('"', "")
        .replace(/^<.*>$/, "7")
        .replace("<name>", "mine")
        .replace(/\|.*$/, ""),
    )
    .slice(1);
  try {
    return !parseLine(COMMANDS, words, { surface: "cli", alone: "status" }).command.later;
  } catch {
    return false;
  }
}
