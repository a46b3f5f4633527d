import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { pathsIn } from "../../src/wiring/complete-paths.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-paths-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const folder of ["home/notes", "here/shop/.git", "here/docs"])
  mkdirSync(join(root, folder), { recursive: true });
writeFileSync(join(root, "here/body.md"), "");
symlinkSync("docs", join(root, "here/manual"));
symlinkSync("nowhere", join(root, "here/lost"));
const config = loadConfig({
  env: { HOME: join(root, "home"), PATH: "" },
  cwd: join(root, "here"),
  program: [],
});

const names = async (...asked: Parameters<typeof pathsIn> extends [unknown, ...infer Rest] ? Rest : never) =>
  (await pathsIn(config, ...asked)).found.map(({ value, help }) =>
    help === "" ? value : `${value} ${help}`,
  );

test("folders come first, a link counts as what it leads to, and a repository is told", async () => {
  expect(await names("", "folder")).toEqual(["docs/", "manual/", "shop/ a repository"]);
  expect(await names("", "file")).toEqual(["docs/", "manual/", "shop/ a repository", "body.md", "lost"]);
});

test("from the folder above, from the root, and from the home, which is written out", async () => {
  expect(await names("../", "folder")).toEqual(["here/", "home/"]);
  expect(await names(`${root}/here/shop/`, "folder")).toEqual([".git/"]);
  expect(await pathsIn(config, "~/", "folder")).toEqual({
    written: `${root}/home/`,
    found: [{ value: "notes/", help: "" }],
  });
});

test("what is no folder, or cannot be read, holds nothing", async () => {
  expect(await names("here/never/", "file")).toEqual([]);
  expect(await names("body.md/", "file")).toEqual([]);
});
