import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { withRepoLock } from "../../src/git/lock.ts";
import { ownName, sweepAbandoned } from "../../src/git/temporary.ts";
import { localRepo, put, sandbox } from "./fixture.ts";

const home = await sandbox();

/** No process has this number: it is beyond what Linux gives. */
const DEAD = "4194999-1";

test("what a killed process left under its name is removed; what is alive, foreign or another's name stays", async () => {
  const folder = join(home, "left");
  const own = ownName("copy-");
  const namespace = own.split("-")[3] ?? "";
  const dead = `copy-${DEAD}-${namespace}-12345678`;
  const foreign = `copy-${DEAD}-99-12345678`;
  const kept = [own, foreign, "copy-me", `other-${DEAD}-${namespace}-12345678`];
  await put(folder, Object.fromEntries([dead, ...kept].map((name) => [`${name}/file`, "x"])));
  await sweepAbandoned(folder, "copy-");
  expect((await readdir(folder)).sort()).toEqual([...kept].sort());
  await sweepAbandoned(join(home, "none"), "copy-");
});

test("invariant 21: who takes the repository's lock removes what a killed one left of its own", async () => {
  const { commonDir, root } = await localRepo(home);
  const namespace = ownName("").split("-")[2] ?? "";
  await put(commonDir, { [`rally.lock.${DEAD}-${namespace}-12345678`]: "{}" });
  const during = await withRepoLock({ root, commonDir }, () => readdir(commonDir));
  expect(during.filter((name) => name.startsWith("rally.lock"))).toEqual(["rally.lock"]);
  expect((await readdir(commonDir)).filter((name) => name.startsWith("rally.lock"))).toEqual([]);
});
