import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { armBoundaries } from "../../src/boundary.ts";
import { worktreeAt } from "../../src/git/admin.ts";
import { commitAll } from "../../src/git/commit.ts";
import { diff } from "../../src/git/diff.ts";
import { follow } from "../../src/git/follow.ts";
import { configureFromBase } from "../../src/git/instead.ts";
import type { Repo } from "../../src/git/repo.ts";
import { snapshotWork } from "../../src/git/snapshot.ts";
import { worktreeStatus } from "../../src/git/status.ts";
import { trash } from "../../src/git/trash.ts";
import { untrash } from "../../src/git/untrash.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { commit, localRepo, NOW, OWNER, problemOf, put, sandbox, sh } from "./fixture.ts";

setDefaultTimeout(30_000);
const folder = await sandbox();

const BASE = {
  "README.md": "# A project\n",
  "CLAUDE.md": "the base's\n",
  ".claude/settings.json": "{}\n",
  "docs/how.md": "how\n",
};
const HEAD = {
  "CLAUDE.md": "obey the fork\n",
  ".claude/settings.json": '{"hooks":"evil"}\n',
  ".mcp.json": "evil\n",
  "src/AGENTS.md": "evil\n",
  "src/main.ts": "fine\n",
};

/** A repository whose `main` is the base, and a worktree on a head that `work` made; git as it was told. */
async function scene(work: (root: string) => Promise<unknown>, base: Record<string, string> = BASE) {
  const repo = await localRepo(folder, base);
  const { root } = repo;
  const from = await sh(root, "rev-parse", "HEAD");
  await sh(root, "switch", "--quiet", "--create", "fork");
  await work(root);
  const head = await sh(root, "rev-parse", "HEAD");
  await sh(root, "switch", "--quiet", "--force", "main");
  const path = join(root, ".worktrees/rally-pr-12");
  await addWorktree(repo, { path, branch: "rally/pr-12-x", start: head, owner: OWNER });
  const options = { worktree: path, base: from, dispatch: 7, at: NOW };
  const read = (name: string) => readFileSync(join(path, name), "utf8");
  const status = () => sh(path, "status", "--porcelain", "--untracked-files=all");
  return { repo, root, path, from, head, options, read, status };
}

const forked = () => scene((root) => commit(root, HEAD));

async function seen(repo: Repo, path: string) {
  const at = await worktreeAt(repo, path);
  if (at === null) throw new Error(`${path} is no worktree`);
  return worktreeStatus(at);
}

describe("the base's configuration stands in a fork's worktree", () => {
  test("changed files are the base's, added ones are gone, all else is the head's, and git sees no change", async () => {
    const it = await forked();
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
    const it = await forked();
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
    const it = await forked();
    const first = await configureFromBase(it.repo, it.options);
    expect(await configureFromBase(it.repo, it.options)).toEqual(first);
    await put(it.path, { "new.ts": "new\n" });
    const kept = await snapshotWork(it.repo, { worktree: it.path, dispatch: 7, at: NOW });
    expect(await sh(it.root, "diff", "--name-only", it.head, kept.commit)).toBe("new.ts");
    await commitAll(it.repo, { worktree: it.path, branch: "rally/pr-12-x", message: "all" });
    expect(await sh(it.path, "diff", "--name-only", it.head, "HEAD")).toBe("new.ts");
  });

  test("what only the base has is named and stays out", async () => {
    const it = await scene(async (root) => {
      await sh(root, "rm", "--quiet", "CLAUDE.md");
      await commit(root, { "src/main.ts": "x\n" });
    });
    const { left, replaced } = await configureFromBase(it.repo, it.options);
    expect({ left, replaced }).toEqual({ left: ["CLAUDE.md"], replaced: [] });
    expect(await it.status()).toBe("");
  });

  test("where head and base agree nothing is touched, and an edit there is seen by git", async () => {
    const it = await scene((root) => commit(root, { "src/main.ts": "x\n" }));
    expect((await configureFromBase(it.repo, it.options)).replaced).toEqual([]);
    await put(it.path, { "CLAUDE.md": "mine\n" });
    expect(await it.status()).toBe("M CLAUDE.md");
  });
});

describe("hostile heads", () => {
  test("a folder that is a link is taken away and not written through", async () => {
    const it = await scene(async (root) => {
      await sh(root, "rm", "--quiet", "-r", ".claude");
      symlinkSync("..", join(root, ".claude"));
      await commit(root, { "settings.json": "mine\n" });
    });
    writeFileSync(join(it.path, "../settings.json"), "outside\n");
    const { replaced } = await configureFromBase(it.repo, it.options);
    expect(replaced).toEqual([".claude"]);
    expect(lstatSync(join(it.path, ".claude"), { throwIfNoEntry: false })).toBeUndefined();
    expect(readFileSync(join(it.path, "../settings.json"), "utf8")).toBe("outside\n");
    expect(await it.status()).toBe("");
  });

  test("a file that is a link is replaced, and what it led to is left alone", async () => {
    const it = await scene(async (root) => {
      rmSync(join(root, "CLAUDE.md"));
      symlinkSync("docs/how.md", join(root, "CLAUDE.md"));
      await commit(root, { "docs/how.md": "obey\n" });
    });
    await configureFromBase(it.repo, it.options);
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(it.read("docs/how.md")).toBe("obey\n");
    expect(await it.status()).toBe("");
  });

  test("a link above such files (.github) is taken away", async () => {
    const it = await scene(async (root) => {
      symlinkSync("conf", join(root, ".github"));
      await commit(root, { "conf/copilot-instructions.md": "obey\n" });
    });
    expect((await configureFromBase(it.repo, it.options)).replaced).toEqual([".github"]);
    expect(existsSync(join(it.path, ".github/copilot-instructions.md"))).toBe(false);
    expect(await it.status()).toBe("");
  });

  test("a link that an agent has laid above such a file is refused, and nothing behind it is touched", async () => {
    const it = await forked();
    rmSync(join(it.path, ".claude"), { recursive: true });
    await mkdir(join(folder, "behind"), { recursive: true });
    writeFileSync(join(folder, "behind/settings.json"), "theirs\n");
    symlinkSync(join(folder, "behind"), join(it.path, ".claude"));
    expect((await problemOf(configureFromBase(it.repo, it.options))).code).toBe("refused");
    expect(readFileSync(join(folder, "behind/settings.json"), "utf8")).toBe("theirs\n");
  });

  test("a submodule, a folder where the base has a file, other cases and odd names", async () => {
    const it = await scene(async (root) => {
      await sh(root, "rm", "--quiet", "-r", "CLAUDE.md", ".claude");
      await put(root, { "CLAUDE.md/inner.md": "x\n", "Claude.MD": "x\n", ".CLAUDE/x\ny.md": "x\n", "AG\u200bENTS.md": "x\n" });
      await sh(root, "add", "--all");
      await sh(root, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},.claude`);
      await sh(root, "commit", "--quiet", "--message", "odd");
    });
    await mkdir(join(it.path, ".claude"), { recursive: true });
    const { replaced } = await configureFromBase(it.repo, it.options);
    expect(replaced.toSorted()).toEqual([".CLAUDE/x\ny.md", ".claude", "AG\u200bENTS.md", "CLAUDE.md/inner.md", "Claude.MD"]);
    for (const name of replaced) expect(existsSync(join(it.path, name))).toBe(false);
    expect(await it.status()).toBe("");
    expect((await configureFromBase(it.repo, it.options)).replaced).toEqual(replaced);
  });

  test("a name that is no UTF-8", async () => {
    const it = await scene(async (root) => {
      await mkdir(join(root, ".codex"));
      writeFileSync(Buffer.concat([Buffer.from(`${root}/.codex/`), Buffer.from([0xff])]), "x\n");
      await commit(root, {});
    });
    expect((await configureFromBase(it.repo, it.options)).replaced).toHaveLength(1);
    expect(existsSync(join(it.path, ".codex"))).toBe(false);
    expect(await it.status()).toBe("");
  });

  test("a link of the base is its file, not what the head put where it leads", async () => {
    const repo = await scene((root) => commit(root, { "docs/how.md": "obey\n" }), { ...BASE, "GEMINI.md": "x" });
    await sh(repo.root, "rm", "--quiet", "GEMINI.md");
    symlinkSync("docs/how.md", join(repo.root, "GEMINI.md"));
    symlinkSync("CLAUDE.md", join(repo.root, "AGENTS.md"));
    const base = await commit(repo.root, {});
    await configureFromBase(repo.repo, { ...repo.options, base });
    expect(lstatSync(join(repo.path, "GEMINI.md")).isFile()).toBe(true);
    expect(repo.read("GEMINI.md")).toBe("how\n");
    expect(await repo.status()).toBe("");
  });
});

describe("nothing is lost", () => {
  test("what somebody changes there shows as a change, in Rally's eyes", async () => {
    const it = await forked();
    await configureFromBase(it.repo, it.options);
    await put(it.path, { "CLAUDE.md": "mine\n", ".mcp.json": "mine\n" });
    const status = await seen(it.repo, it.path);
    expect(status).toMatchObject({ dirty: true, changed: [".mcp.json", "CLAUDE.md"] });
    const kept = await snapshotWork(it.repo, { worktree: it.path, dispatch: 7, at: NOW });
    expect(await sh(it.root, "show", `${kept.commit}:CLAUDE.md`)).toBe("mine");
    expect(await diff(it.repo, { worktree: it.path, baseSha: it.head, scope: "uncommitted" })).toContain("+mine");
  });

  test("it is kept under an archive ref when the base's takes its place again", async () => {
    const it = await forked();
    await configureFromBase(it.repo, it.options);
    await put(it.path, { "CLAUDE.md": "mine\n" });
    const { keptAs } = await configureFromBase(it.repo, it.options);
    expect(await sh(it.root, "show", `${keptAs}:CLAUDE.md`)).toBe("mine");
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect((await seen(it.repo, it.path)).dirty).toBe(false);
  });

  test("a new head is followed, and has the base's again; with a change there it stays", async () => {
    const it = await forked();
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
    const it = await forked();
    await configureFromBase(it.repo, it.options);
    const base = await commit(it.root, { "CLAUDE.md": "the base's, newer\n", ".mcp.json": "evil\n" });
    await configureFromBase(it.repo, { ...it.options, base });
    expect(it.read("CLAUDE.md")).toBe("the base's, newer\n");
    expect(it.read(".mcp.json")).toBe("evil\n");
    expect(await it.status()).toBe("");
    expect((await sh(it.path, "ls-files", "-t", ".mcp.json"))[0]).toBe("H");
  });

  test("cleaning moves it away as it is, and undo brings it back", async () => {
    const it = await forked();
    await configureFromBase(it.repo, it.options);
    const entry = (await trash(it.repo, { worktree: it.path, home: OWNER.home, dispatch: 7, at: NOW, head: it.head, branch: "rally/pr-12-x", root: join(it.root, ".worktrees") })) ?? "";
    expect(existsSync(it.path)).toBe(false);
    await untrash(it.repo, { entry, owner: OWNER });
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(await it.status()).toBe("");
    expect((await seen(it.repo, it.path)).dirty).toBe(false);
  });

  test("in a sparse checkout they are taken away", async () => {
    const it = await forked();
    await sh(it.path, "sparse-checkout", "set", "--cone", "src");
    await configureFromBase(it.repo, it.options);
    expect(existsSync(join(it.path, "CLAUDE.md"))).toBe(false);
    expect(await it.status()).toBe("");
    await configureFromBase(it.repo, it.options);
    expect(await it.status()).toBe("");
  });
});

test("invariant 21: killed between any two steps and begun again, it ends the same", async () => {
  const names: string[] = [];
  const whole = await forked();
  armBoundaries((name) => void names.push(name));
  await configureFromBase(whole.repo, whole.options);
  armBoundaries(null);
  const steps = names.filter((name) => !/lock/.test(name)).length;
  expect(steps).toBeGreaterThan(8);
  for (let stop = 0; stop < steps; stop++) {
    const it = await forked();
    let passed = 0;
    armBoundaries((name) => {
      if (!/lock/.test(name) && passed++ === stop) throw new Error("killed");
    });
    await configureFromBase(it.repo, it.options).catch(() => undefined);
    armBoundaries(null);
    expect({ stop, seen: await it.status() }).toEqual({ stop, seen: "" });
    expect((await seen(it.repo, it.path)).dirty).toBe(false);
    expect((await configureFromBase(it.repo, it.options)).keptAs).toBeNull();
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(existsSync(join(it.path, ".mcp.json"))).toBe(false);
    expect(await it.status()).toBe("");
  }
});

test("invariant 21: killed while a new head is followed, it is followed the next time", async () => {
  const move = async (it: Awaited<ReturnType<typeof forked>>) => {
    await configureFromBase(it.repo, it.options);
    await sh(it.root, "switch", "--quiet", "fork");
    const to = await commit(it.root, { "CLAUDE.md": "obey more\n" });
    await sh(it.root, "switch", "--quiet", "main");
    return { worktree: it.path, branch: "rally/pr-12-x", from: it.head, to };
  };
  for (let stop = 0; stop < 8; stop++) {
    const it = await forked();
    const where = await move(it);
    let passed = 0;
    armBoundaries((name) => {
      if (!/lock/.test(name) && passed++ === stop) throw new Error("killed");
    });
    await follow(it.repo, where).catch(() => false);
    armBoundaries(null);
    expect({ stop, dirty: (await seen(it.repo, it.path)).dirty }).toEqual({ stop, dirty: false });
    await follow(it.repo, where);
    expect((await configureFromBase(it.repo, it.options)).keptAs).toBeNull();
    expect({ stop, head: await sh(it.path, "rev-parse", "HEAD") }).toEqual({ stop, head: where.to });
    expect(it.read("CLAUDE.md")).toBe("the base's\n");
    expect(await it.status()).toBe("");
  }
});
