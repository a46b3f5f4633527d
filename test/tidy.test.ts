import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "../src/domain/words.ts";
import { INVARIANTS, LATER, testsOfInvariants } from "./docs/invariants.ts";
import { agentNames, commandNames } from "./docs/names.ts";
import { fill, sections } from "./docs/tables.ts";
import { banned } from "./tidy/bans.ts";
import { deadExports } from "./tidy/exports.ts";
import { machinePaths, misplaced, tooLarge } from "./tidy/layout.ts";
import { brokenDoors, isProduct } from "./tidy/rooms.ts";
import { longFiles, longFunctions } from "./tidy/sizes.ts";
import { projectFiles, ROOT, sources } from "./tidy/sources.ts";

const files = projectFiles();
const all = await sources(files);
const product = all.filter((source) => isProduct(source.path));
const manifest = (await Bun.file(join(ROOT, "package.json")).json()) as {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
};
const NOTHING: string[] = [];

/** Before the program is put together, its rooms stand alone: what uses them is not there yet. */
const whole = existsSync(join(ROOT, "src/main.ts"));
if (!whole)
  console.warn(
    "tidy: src/main.ts is not there: what waits for it (unused exports, named files, owed tests) is not looked for.",
  );

describe("the house rules", () => {
  test("read every source", () => {
    expect(product.length).toBeGreaterThan(15);
    expect(product.flatMap((source) => source.imports).length).toBeGreaterThan(15);
  });

  test("only what belongs at the top level is there, and every file is in a room", () => {
    expect(misplaced(files)).toEqual(NOTHING);
  });

  test("rooms import only what they may", () => {
    const dependencies = Object.keys(manifest.dependencies);
    expect(product.flatMap((source) => brokenDoors(source, dependencies))).toEqual(NOTHING);
  });

  test("nothing that is banned is there", () => {
    expect(all.flatMap(banned)).toEqual(NOTHING);
  });

  test("files are short", () => {
    expect(longFiles(all)).toEqual(NOTHING);
  });

  test("functions are short", () => {
    expect(longFunctions(all)).toEqual(NOTHING);
  });

  test("what is exported is used", () => {
    expect(whole ? deadExports(all) : NOTHING).toEqual(NOTHING);
  });

  test("no path of one machine, and no large file", async () => {
    expect(await machinePaths(files)).toEqual(NOTHING);
    expect(tooLarge(files)).toEqual(NOTHING);
  });

  test("every script of the manifest that names a file finds it", () => {
    const scripts = Object.values(manifest.scripts);
    const named = scripts.flatMap((script) => script.match(/(?<=\s)\.?\/?[\w/.-]+\.ts\b/g) ?? []);
    // The list of invariants names tests by their folder below test/.
    const files = named.filter((path) => path.startsWith("test/") || !path.endsWith(".test.ts"));
    const missing = files.filter((path) => !existsSync(join(ROOT, path)));
    expect(whole ? missing : NOTHING).toEqual(NOTHING);
  });
});

describe("ARCHITECTURE.md", async () => {
  const text = await Bun.file(join(ROOT, "ARCHITECTURE.md")).text();

  test("shows the tables as they are in the code (bun run docs)", async () => {
    expect(fill(text, await sections())).toBe(text);
  });

  test("names every command, agent and stage", async () => {
    const names = [...(await commandNames()), ...(await agentNames()), ...STAGES];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual(NOTHING);
    expect(whole && (await commandNames()).length === 0).toBeFalse();
    expect(whole && (await agentNames()).length === 0).toBeFalse();
  });

  test("every invariant has a test that names its number", async () => {
    const tests = await testsOfInvariants();
    const missing = Object.keys(INVARIANTS).filter((number) => tests.get(Number(number))?.length === 0);
    const owed = missing.filter((number) => !LATER.includes(Number(number)));
    expect(whole ? owed : NOTHING).toEqual(NOTHING);
  });

  test("is at most 200 lines", () => {
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
  });

  test("points to files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|bots|tui|bench)\/[\w/.-]+\.ts)`/g)].map(
      (match) => match[1] ?? "",
    );
    // The list of invariants names tests by their folder below test/.
    const files = named.filter((path) => path.startsWith("test/") || !path.endsWith(".test.ts"));
    const missing = files.filter((path) => !existsSync(join(ROOT, path)));
    expect(whole ? missing : NOTHING).toEqual(NOTHING);
  });
});
