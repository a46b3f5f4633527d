import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { staleGit } from "../../src/store/stale.ts";
import { type Bench, bench } from "../app/bench.ts";

setDefaultTimeout(30_000);

let it: Bench;
afterEach(() => it.close());

test("worktrees of a repository that is gone are left alone by the ticks, until it is back", async () => {
  it = await bench();
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "task", "Wait", "--model", "hang"]);
  const away = `${it.at.repo}-away`;
  renameSync(it.at.repo, away);
  await it.type(["stop", "1"]);
  for (const _ of [1, 2, 3]) await it.world.poke();
  const log = join(it.at.home, "rally.log");
  const said = existsSync(log) ? readFileSync(log, "utf8") : "";
  expect(said).not.toContain("look.failed");
  renameSync(away, it.at.repo);
  const due = () => staleGit(it.world.store, 0, []).filter((one) => one.due);
  expect(due()).toHaveLength(1);
  await it.world.poke();
  expect(due()).toEqual([]);
});
