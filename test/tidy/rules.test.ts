import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { banned } from "./bans.ts";
import { deadExports } from "./exports.ts";
import { misplaced } from "./layout.ts";
import { mask } from "./mask.ts";
import { brokenDoors } from "./rooms.ts";
import { longFiles, longFunctions } from "./sizes.ts";
import { parse } from "./sources.ts";

const reasons = (path: string, text: string): string[] =>
  banned(parse(path, text)).map((sentence) => sentence.replace(/^\S+: /, ""));
const broken = (path: string, text: string): string[] => brokenDoors(parse(path, text), ["zod"]);

/** A placeholder in a plain string looks like a mistake to the linter. */
const dollars = (text: string): string => text.replaceAll("§", "$");

describe("the mask", () => {
  const cases: [string, string][] = [
    ["a // b\nc", "a     \nc"],
    ["a /* b\nb */ c", "a     \n     c"],
    ['f("a\\"b", \'c\')', "f(\"    \", ' ')"],
    ["f(`a §{b + `c §{d}`} e`)", "f(`  §{b + `  §{d}`}  `)"],
    ["f(`§{{ a: 1 }.a} any`)", "f(`§{{ a: 1 }.a}    `)"],
    ['x = /a[/]"b/g; y', "x = /      /g; y"],
    ["a / b; c / d", "a / b; c / d"],
    ["(a) / b // c", "(a) / b     "],
    ["return /x y/.test(z)", "return /   /.test(z)"],
  ];
  for (const [source, masked] of cases)
    test(`of ${JSON.stringify(source)}`, () => expect(mask(dollars(source))).toBe(dollars(masked)));
});

describe("each ban bites", () => {
  const bad: [string, string, string][] = [
    ["src/app/a.ts", "const a: any = 1;", "any"],
    ["src/app/a.ts", "type A = Record<string, any>;", "any"],
    ["src/app/a.ts", "const a = b as any;", "any"],
    ["src/app/a.ts", "export enum A { B }", "enum"],
    ["src/app/a.ts", "const a = b!.c;", "non-null assertion"],
    ["src/app/a.ts", "const a = b()!;", "non-null assertion"],
    ["src/app/a.ts", "export default 1;", "default export"],
    ["src/app/a.ts", 'export * from "./b.ts";', "barrel"],
    ["src/app/a.ts", `// @ts-${"ignore"}`, "compiler or linter told to look away"],
    ["src/app/a.ts", `// oxlint-${"disable"} max-lines`, "compiler or linter told to look away"],
    ["src/app/a.ts", `// ${"FIX"}ME`, "reminder"],
    ["src/git/a.ts", "Bun.spawn([]);", "spawn outside process"],
    ["src/git/a.ts", "Bun.$`ls`;", "spawn outside process"],
    ["src/git/a.ts", "process.env.HOME;", "environment outside config"],
    ["src/git/a.ts", "Date.now();", "clock outside main and its wiring"],
    ["src/git/a.ts", "new Date();", "clock outside main and its wiring"],
    ["src/cli/a.ts", "process.exit(1);", "exit outside main"],
    ["src/git/a.ts", "console.log(1);", "console outside cli and main"],
    ["test/a.test.ts", "test.skip('a', () => {});", "test left out or alone"],
    ["test/a.test.ts", "describe.only('a', () => {});", "test left out or alone"],
    ["test/a.test.ts", "mock.module('a', () => {});", "mock of a module"],
    ["test/a.test.ts", "test.skipIf(!have)('a', () => {});", "test skipped without a word on the output"],
    ["src/store/a.ts", "db.transaction(async (tx) => {});", "async inside a transaction"],
    ["src/store/a.ts", "write(db, async (tx) => {});", "async inside a transaction"],
  ];
  for (const [path, text, what] of bad)
    test(`${what}: ${text}`, () => expect(reasons(path, text)).toEqual([what]));

  const good: [string, string][] = [
    ["src/app/a.ts", "if (a != b || a !== c || !d) f(!e); Promise.any(x); // any enum"],
    ["src/app/a.ts", 'const s = "as any; enum A";'],
    ["src/app/a.ts", "new Date(at).toISOString(); type D = Date;"],
    ["src/process/group.ts", "Bun.spawn([]);"],
    ["src/config.ts", "process.env.HOME;"],
    ["src/main.ts", "process.exit(await run()); Date.now();"],
    ["src/cli/a.ts", "process.exitCode = 1;"],
    ["test/a.test.ts", "if (!have) console.warn('no bwrap'); test.skipIf(!have)('a', () => {}); Date.now();"],
    ["src/store/a.ts", "db.transaction((tx) => { run(async () => {}); });"],
  ];
  for (const [path, text] of good) test(`and not: ${text}`, () => expect(reasons(path, text)).toEqual([]));
});

describe("the doors", () => {
  test("hold", () => {
    expect(broken("src/domain/a.ts", 'import { a } from "../store/open.ts";')).toHaveLength(1);
    expect(broken("src/git/a.ts", 'import type { A } from "../store/open.ts";')).toHaveLength(1);
    expect(broken("src/git/a.ts", 'import { a } from "../config.ts";')).toHaveLength(1);
    expect(broken("src/git/a.ts", 'import { type A, b } from "../config.ts";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'const a = await import("../heartbeat/tick.ts");')).toHaveLength(1);
    expect(broken("src/heartbeat/a.ts", 'import "../app/dispatch.ts";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'import { Database } from "bun:sqlite";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'import { Octokit } from "@octokit/rest";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'import { spawn } from "node:child_process";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'import left from "left-pad";')).toHaveLength(1);
    expect(broken("src/app/a.ts", 'import { aView } from "../../test/fixtures/builders.ts";')).toHaveLength(
      1,
    );
    expect(broken("src/app/a.ts", 'export { b } from "./b";')).toHaveLength(1);
    expect(broken("src/nowhere/a.ts", "")).toHaveLength(1);
  });

  test("open", () => {
    expect(broken("src/git/a.ts", 'import type { A } from "../config.ts";')).toEqual([]);
    expect(broken("src/git/a.ts", 'import { type A, type B } from "../config.ts";')).toEqual([]);
    expect(broken("src/config.ts", 'type A = import("./agents/agent.ts").AgentConfig;')).toEqual([]);
    expect(broken("src/store/a.ts", 'import { Database } from "bun:sqlite";')).toEqual([]);
    expect(broken("src/app/a.ts", 'const { z } = await import("zod");')).toEqual([]);
    expect(broken("src/app/a.ts", 'import { join } from "node:path";\nimport { a } from "./b.ts";')).toEqual(
      [],
    );
    expect(broken("src/app/a.ts", '// import { a } from "../heartbeat/tick.ts";')).toEqual([]);
  });
});

describe("sizes", () => {
  const body = (lines: number): string => "  f();\n".repeat(lines);

  test("of files", () => {
    expect(longFiles([parse("a.ts", "x;\n".repeat(300))])).toEqual([]);
    expect(longFiles([parse("a.ts", "x;\n".repeat(301))])).toHaveLength(1);
  });

  test("of functions: comments and blanks count, a describe does not", () => {
    const long = (name: string, text: string): ReturnType<typeof parse> => parse(name, text);
    const given = [
      long("src/ok.ts", `function a() {\n${body(58)}}\n`),
      long("src/long.ts", `function a() {\n${body(58)}\n}\n`),
      long("src/arrow.ts", `const a = () => {\n${body(58)}// b\n};\n`),
      long("test/describe.test.ts", `describe("é", () => {\n${body(90)}});\n`),
      long("test/test.test.ts", `describe("é", () => {\n  test("a", () => {\n${body(90)}});\n});\n`),
    ];
    const root = mkdtempSync(join(tmpdir(), "tidy-"));
    for (const { path } of given) mkdirSync(join(root, path, ".."), { recursive: true });
    for (const { path, text } of given) writeFileSync(join(root, path), text);
    const found = longFunctions(given, 60, root).map((sentence) => sentence.split(" ")[0]);
    rmSync(root, { recursive: true });
    expect(new Set(found)).toEqual(new Set(["src/arrow.ts:1:", "src/long.ts:1:", "test/test.test.ts:2:"]));
  });
});

test("a dead export is found; one that is used, a type of a signature, and a whole module are not", () => {
  const given = [
    parse(
      "src/a.ts",
      "export const used = 1;\nexport const dead = 2;\nexport type T = 1;\nexport function used2(): T {}",
    ),
    parse("src/b.ts", 'import { used, used2 as other } from "./a.ts";\nexport type Alone = 1;'),
    parse("src/c.ts", "export const lazy = 1;"),
    parse("src/main.ts", 'await import("./c.ts"); export const x = 1;'),
  ];
  expect(deadExports(given)).toEqual(['src/a.ts: nobody uses "dead"', 'src/b.ts: nobody uses "Alone"']);
});

test("what lies in the wrong place is found", () => {
  expect(misplaced(["src/main.ts", "src/git/diff.ts", "README.md", ".ci/run", "bots/slack/bot.ts"])).toEqual(
    [],
  );
  for (const path of ["notes.md", "lib/a.ts", "src/utils/a.ts", "src/other/a.ts", "src/app/index.ts"])
    expect(misplaced([path])).toHaveLength(1);
});
