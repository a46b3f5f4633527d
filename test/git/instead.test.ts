import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { commitAll } from "../../src/git/commit.ts";
import { diff } from "../../src/git/diff.ts";
import { follow } from "../../src/git/follow.ts";
import { configureFromBase } from "../../src/git/instead.ts";
import { observeWorktree } from "../../src/git/observe.ts";
import { snapshotWork } from "../../src/git/snapshot.ts";
import { trash } from "../../src/git/trash.ts";
import { untrash } from "../../src/git/untrash.ts";
import { commit, NOW, OWNER, put, sandbox, sh } from "./fixture.ts";
import { forked, scene, seen } from "./instead-scene.ts";

setDefaultTimeout(30_000);
const folder = await sandbox();

test("changed files are the base's, added ones are gone, all else is the head's, and git sees no change", async () => {
  const it = await forked(folder);
  const { replaced, left, keptAs } = await configureFromBase(it.repo, it.options);
  expect(replaced.toSorted()).toEqual([".claude/settings.json", ".mcp.json", "CLAUDE.md", "src/AGENTS.md"]);
  expect({ left, keptAs }).toEqual({ left: [], keptAs: null });
  expect(it.read("CLAUDE.md")).toBe("the base's\n");
  expect(it.read(".claude/settings.json")).toBe("{}\n");
  expect(existsSync(join(it.path, ".mcp.json"))).toBe(false);
  expect(existsSync(join(it.path, "src/AGENTS.md"))).toBe(false);
  expect(it.read("src/main.ts")).toBe("fine\n");
  expect(await it.status()).toBe("");
  expect((await seen(it.repo, it.path)).dirty).toBe(false);
  const shown = await diff(it.repo, { worktree: it.path, baseSha: it.from });
  expect(shown).toContain("+obey the fork");
});

test("add -A, commit -a, stash and reset --hard take nothing of it along", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  await put(it.path, { "src/main.ts": "better\n", "new.ts": "new\n" });
  await sh(it.path, "stash", "--include-untracked", "--quiet");
  await sh(it.path, "stash", "pop", "--quiet");
  await sh(it.path, "add", "--all");
  await sh(it.path, "commit", "--quiet", "--all", "--message", "work");
  expect(await sh(it.path, "show", "--name-only", "--format=", "HEAD")).toBe("new.ts\nsrc/main.ts");
  await sh(it.path, "reset", "--quiet", "--hard");
  expect(it.read("CLAUDE.md")).toBe("the base's\n");
  expect(await it.status()).toBe("");
  expect(await sh(it.path, "show", "HEAD:CLAUDE.md")).toBe("obey the fork");
});

test("repeated it changes nothing, and what Rally commits and keeps is the head's", async () => {
  const it = await forked(folder);
  const first = await configureFromBase(it.repo, it.options);
  expect(await configureFromBase(it.repo, it.options)).toEqual(first);
  await put(it.path, { "new.ts": "new\n" });
  const kept = await snapshotWork(it.repo, { worktree: it.path, dispatch: 7, at: NOW });
  expect(await sh(it.root, "diff", "--name-only", it.head, kept.commit)).toBe("new.ts");
  await commitAll(it.repo, { worktree: it.path, branch: "rally/pr-12-x", message: "all" });
  expect(await sh(it.path, "diff", "--name-only", it.head, "HEAD")).toBe("new.ts");
});

test("what only the base has is named and stays out", async () => {
  const it = await scene(folder, async (root) => {
    await sh(root, "rm", "--quiet", "CLAUDE.md");
    await commit(root, { "src/main.ts": "x\n" });
  });
  const { left, replaced } = await configureFromBase(it.repo, it.options);
  expect({ left, replaced }).toEqual({ left: ["CLAUDE.md"], replaced: [] });
  expect(await it.status()).toBe("");
});

test("where head and base agree nothing is touched, and an edit there is seen by git", async () => {
  const it = await scene(folder, (root) => commit(root, { "src/main.ts": "x\n" }));
  expect((await configureFromBase(it.repo, it.options)).replaced).toEqual([]);
  await put(it.path, { "CLAUDE.md": "mine\n" });
  expect(await it.status()).toBe("M CLAUDE.md");
});

test("what somebody changes there shows as a change, in Rally's eyes", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  await put(it.path, { "CLAUDE.md": "mine\n", ".mcp.json": "mine\n" });
  const status = await seen(it.repo, it.path);
  expect(status).toMatchObject({ dirty: true, changed: [".mcp.json", "CLAUDE.md"] });
  const work = { worktree: it.path, branch: "rally/pr-12-x", base: "main", baseSha: it.head };
  const observed = await observeWorktree(it.repo, { ...work, pushRemote: null, now: NOW });
  expect(observed).toMatchObject({ files: 2, insertions: 2, deletions: 2 });
  const kept = await snapshotWork(it.repo, { worktree: it.path, dispatch: 7, at: NOW });
  expect(await sh(it.root, "show", `${kept.commit}:CLAUDE.md`)).toBe("mine");
  expect(await diff(it.repo, { worktree: it.path, baseSha: it.head, scope: "uncommitted" })).toContain(
    "+mine",
  );
});

test("it is kept under an archive ref when the base's takes its place again", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  await put(it.path, { "CLAUDE.md": "mine\n" });
  const { keptAs } = await configureFromBase(it.repo, it.options);
  expect(await sh(it.root, "show", `${keptAs}:CLAUDE.md`)).toBe("mine");
  expect(it.read("CLAUDE.md")).toBe("the base's\n");
  expect((await seen(it.repo, it.path)).dirty).toBe(false);
});

test("a new head is followed, and has the base's again; with a change there it stays", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  await sh(it.root, "switch", "--quiet", "fork");
  const to = await commit(it.root, { "CLAUDE.md": "obey more\n", "src/main.ts": "finer\n" });
  await sh(it.root, "switch", "--quiet", "main");
  const move = { worktree: it.path, branch: "rally/pr-12-x", from: it.head, to };
  await put(it.path, { "CLAUDE.md": "mine\n" });
  expect(await follow(it.repo, move)).toBe(false);
  await configureFromBase(it.repo, it.options);
  expect(await follow(it.repo, move)).toBe(true);
  expect(it.read("CLAUDE.md")).toBe("obey more\n");
  expect(await it.status()).toBe("");
  await configureFromBase(it.repo, it.options);
  expect(it.read("CLAUDE.md")).toBe("the base's\n");
  expect(it.read("src/main.ts")).toBe("finer\n");
  expect(await it.status()).toBe("");
});

test("a base that moved on, to what the head has, too", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  const base = await commit(it.root, { "CLAUDE.md": "the base's, newer\n", ".mcp.json": "evil\n" });
  await configureFromBase(it.repo, { ...it.options, base });
  expect(it.read("CLAUDE.md")).toBe("the base's, newer\n");
  expect(it.read(".mcp.json")).toBe("evil\n");
  expect(await it.status()).toBe("");
  expect((await sh(it.path, "ls-files", "-t", ".mcp.json"))[0]).toBe("H");
});

test("cleaning moves it away as it is, and undo brings it back", async () => {
  const it = await forked(folder);
  await configureFromBase(it.repo, it.options);
  const entry =
    (await trash(it.repo, {
      worktree: it.path,
      home: OWNER.home,
      dispatch: 7,
      at: NOW,
      head: it.head,
      branch: "rally/pr-12-x",
      root: join(it.root, ".worktrees"),
    })) ?? "";
  expect(existsSync(it.path)).toBe(false);
  await untrash(it.repo, { entry, owner: OWNER });
  expect(it.read("CLAUDE.md")).toBe("the base's\n");
  expect(await it.status()).toBe("");
  expect((await seen(it.repo, it.path)).dirty).toBe(false);
});

test("in a sparse checkout they are taken away", async () => {
  const it = await forked(folder);
  await sh(it.path, "sparse-checkout", "set", "--cone", "src");
  await configureFromBase(it.repo, it.options);
  expect(existsSync(join(it.path, "CLAUDE.md"))).toBe(false);
  expect(await it.status()).toBe("");
  await configureFromBase(it.repo, it.options);
  expect(await it.status()).toBe("");
});
