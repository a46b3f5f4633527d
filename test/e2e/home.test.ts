import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOUND_BY_MODES } from "../fixtures/bound-by-modes.ts";
import { type Place, place } from "./place.ts";
import { dispatches, isPlain, rally, run } from "./rally.ts";

// Each starts a dozen real processes.
setDefaultTimeout(60_000);

let at: Place;
beforeEach(async () => {
  at = await place();
});
afterEach(async () => {
  if (existsSync(at.home)) await run(at, ["umount", "-lq", at.home]);
  for (const path of [join(at.dir, "home"), at.home]) if (existsSync(path)) chmodSync(path, 0o700);
  at.close();
});

/** Sizes of all files, to tell that nothing was written. */
function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name} ${lstatSync(join(entry.parentPath, entry.name)).size}`)
    .sort();
}

describe("a read-only home", () => {
  const changing = [
    ["dispatch", "43"],
    ["stop", "1"],
    ["clean", "1", "--yes"],
    ["onboard", "."],
    ["refresh"],
    ["up"],
    ["config", "set", "capacity", "3"],
  ];
  test("is read, and what would write says so; nothing is written", async () => {
    await rally(at, ["onboard", "."]);
    await rally(at, ["dispatch", "42", "--wait"]);
    chmodSync(at.home, 0o500);
    const before = contents(at.home);
    for (const words of [
      ["status"],
      ["show", "1"],
      ["log", "1"],
      ["diff", "1"],
      ["history"],
      ["projects"],
      ["path", "1"],
    ]) {
      const said = await rally(at, words, { under: BOUND_BY_MODES });
      expect([words[0], said.exit, isPlain(said)]).toEqual([words[0], 0, true]);
    }
    for (const words of changing) {
      const said = await rally(at, words, { under: BOUND_BY_MODES });
      const exit = words[0] === "config" ? 2 : 1;
      expect([words[0], said.exit, isPlain(said), said.err.trim().split("\n").length]).toEqual([
        words[0],
        exit,
        true,
        2,
      ]);
      expect(said.err).toMatch(/read-only|cannot be written|may not write/);
    }
    expect(contents(at.home)).toEqual(before);
  });

  test("that is not there yet cannot be made", async () => {
    rmSync(at.home, { recursive: true });
    chmodSync(join(at.dir, "home"), 0o500);
    for (const words of [["onboard", "."], ["status"]]) {
      const said = await rally(at, words, { under: BOUND_BY_MODES });
      expect([said.exit, isPlain(said)]).toEqual([1, true]);
    }
  });
});

describe("no space left", () => {
  test("a full disk is one sentence; with room again everything goes on", async () => {
    await rally(at, ["onboard", "."]);
    const mounted = await run(at, [
      "sh",
      "-c",
      `cp -a ${at.home} ${at.home}.kept && mount -t tmpfs -o size=2m,mode=700 none ${at.home} && cp -a ${at.home}.kept/. ${at.home}`,
    ]);
    if (mounted.exit !== 0) {
      console.warn(`left out: a small disk cannot be mounted here: ${mounted.err.trim()}`);
      return;
    }
    const kept = contents(at.home).length;
    await run(at, ["sh", "-c", `head -c 4m /dev/zero >${at.home}/ballast`]);
    for (const words of [
      ["dispatch", "42"],
      ["dispatch", "task", "x"],
      ["config", "set", "capacity", "3"],
    ]) {
      const said = await rally(at, words);
      expect([words[0], isPlain(said), /full|cannot be written/.test(said.err)]).toEqual([
        words[0],
        true,
        true,
      ]);
      expect(said.exit).not.toBe(0);
    }
    expect((await rally(at, ["status"])).exit).toBe(0);
    rmSync(join(at.home, "ballast"));
    expect(contents(at.home).length).toBeGreaterThanOrEqual(kept);
    for (const one of await dispatches(at)) await rally(at, ["clean", String(one.id), "--yes", "--stop"]);
    expect((await rally(at, ["dispatch", "42", "--wait"])).exit).toBe(0);
    expect((await dispatches(at)).map((one) => one.display)).toEqual(["ready"]);
  });
});

describe("a broken home", () => {
  test("a config that cannot be read is named, with its line; config and doctor still work", async () => {
    const path = join(at.home, "config.yaml");
    for (const [text, sentence] of [
      ["capacity: [", /config\.yaml/],
      ["capacty: 3\n", /capacity/],
      ["capacity: many\n", /capacity/],
      ["- a\n", /config\.yaml/],
    ] as const) {
      writeFileSync(path, text);
      for (const words of [["status"], ["dispatch", "42"], ["up"]]) {
        const said = await rally(at, words);
        expect([said.exit, isPlain(said)]).toEqual([2, true]);
        expect(said.err).toMatch(sentence);
      }
      for (const words of [["config", "path"], ["config"], ["doctor"], ["help"]])
        expect([words[0], isPlain(await rally(at, words))]).toEqual([words[0], true]);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  test("a database that is none, or is newer than the program, is left as it is", async () => {
    const path = join(at.home, "rally.db");
    for (const make of [
      () =>
        writeFileSync(
          path,
          "this is no database, whatever its name says, and it is long enough to be read as one\n".repeat(50),
        ),
      () => {
        rmSync(path);
        Bun.spawnSync([
          process.execPath,
          "-e",
          `new (require("bun:sqlite").Database)(${JSON.stringify(path)}).run("PRAGMA user_version = 999")`,
        ]);
      },
    ]) {
      make();
      const before = readFileSync(path);
      for (const words of [["status"], ["dispatch", "42"], ["onboard", "."], ["doctor"]]) {
        const said = await rally(at, words);
        expect([words[0], isPlain(said), said.exit !== 0]).toEqual([words[0], true, true]);
      }
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  test("RALLY_HOME must be absolute, and is never a folder below where somebody stands", async () => {
    const said = await rally(at, ["onboard", "."], { env: { RALLY_HOME: "rally" } });
    expect([said.exit, isPlain(said)]).toEqual([2, true]);
    expect(existsSync(join(at.repo, "rally"))).toBe(false);
  });
});
