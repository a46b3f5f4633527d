import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG, type Home, newHome, until } from "./home.ts";

setDefaultTimeout(30_000);

let home: Home;
afterEach(() => home.remove());

type Row = {
  id: number;
  worktree: string;
  outcome: string | null;
  changes: { commits: number; unpushed: number; dirty: boolean };
};

async function ready(...titles: string[]): Promise<Row[]> {
  home = await newHome();
  await home.git("init", "--quiet", "--bare", join(home.folder, "origin.git"));
  await home.git("remote", "add", "origin", join(home.folder, "origin.git"));
  await home.git("push", "--quiet", "origin", "main");
  await home.rally("onboard", ".");
  for (const title of titles) await home.rally("dispatch", "task", title, "--wait");
  return rows();
}

async function rows(): Promise<Row[]> {
  return (await home.json<{ dispatches: Row[] }>("status", "--all")).dispatches;
}

test("what a person commits and pushes by hand in a worktree is true afterwards, and is said", async () => {
  const [first] = await ready("One", "Two");
  if (!first) throw new Error("nothing is dispatched");
  expect((await home.rally("refresh")).out).toBe("Nothing has changed.\n");
  writeFileSync(join(first.worktree, "more.txt"), "by hand\n");
  await home.git("-C", first.worktree, "add", "more.txt");
  await home.git("-C", first.worktree, "commit", "--quiet", "--message", "By hand");
  const said = await home.rally("refresh");
  expect(said.out).toMatch(/^ *1 +task One +changed by hand: 2 commits, 2 unpushed\n$/);
  expect((await rows()).map((row) => row.changes)).toMatchObject([
    { commits: 2, unpushed: 2, dirty: false },
    { commits: 1, unpushed: 1 },
  ]);
  await home.git("-C", first.worktree, "push", "--quiet", "origin", "HEAD");
  expect((await home.rally("refresh")).out).toMatch(
    /fact pushed 0 → 2 · changed by hand: 2 commits, 0 unpushed/,
  );
  expect((await home.rally("refresh")).out).toBe("Nothing has changed.\n");
});

test("a line each dispatch, in the words of history, and not without end", async () => {
  home = await newHome(`capacity: 30\n${CONFIG}`);
  await home.rally("onboard", ".", "--local");
  const titles = Array.from({ length: 22 }, (_, n) => `Task ${n}`);
  for (const title of titles) await home.rally("dispatch", "task", title, "--model", "nothing");
  await until(
    () => "the ends",
    async () => {
      const { out } = await home.rally("refresh");
      return out === "Nothing has changed.\n" && (await rows()).every((row) => row.outcome === "empty");
    },
  );
  rmSync(join(home.repo, ".worktrees"), { recursive: true });
  const said = (await home.rally("refresh")).out.trimEnd().split("\n");
  expect(said).toHaveLength(21);
  expect(said[0]).toMatch(/^ *1 +task Task 0 +fact worktree_missing/);
  expect(said.at(-1)).toBe("and 2 dispatches more: rally history");
  expect((await home.json<{ dispatches: unknown[] }>("refresh")).dispatches).toEqual([]);
});
