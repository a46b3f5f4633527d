import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { configureFromBase } from "../../src/git/instead.ts";
import { commit, problemOf, put, sandbox, sh } from "./fixture.ts";
import { BASE, forked, scene } from "./instead-scene.ts";

setDefaultTimeout(30_000);
const folder = await sandbox();

test("a folder that is a link is taken away and not written through", async () => {
  const it = await scene(folder, async (root) => {
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
  const it = await scene(folder, async (root) => {
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
  const it = await scene(folder, async (root) => {
    symlinkSync("conf", join(root, ".github"));
    await commit(root, { "conf/copilot-instructions.md": "obey\n" });
  });
  expect((await configureFromBase(it.repo, it.options)).replaced).toEqual([".github"]);
  expect(existsSync(join(it.path, ".github/copilot-instructions.md"))).toBe(false);
  expect(await it.status()).toBe("");
});

test("a link that an agent has laid above such a file is refused, and nothing behind it is touched", async () => {
  const it = await forked(folder);
  rmSync(join(it.path, ".claude"), { recursive: true });
  await mkdir(join(folder, "behind"), { recursive: true });
  writeFileSync(join(folder, "behind/settings.json"), "theirs\n");
  symlinkSync(join(folder, "behind"), join(it.path, ".claude"));
  expect((await problemOf(configureFromBase(it.repo, it.options))).code).toBe("refused");
  expect(readFileSync(join(folder, "behind/settings.json"), "utf8")).toBe("theirs\n");
});

test("a submodule, a folder where the base has a file, other cases and odd names", async () => {
  const it = await scene(folder, async (root) => {
    await sh(root, "rm", "--quiet", "-r", "CLAUDE.md", ".claude");
    await put(root, {
      "CLAUDE.md/inner.md": "x\n",
      "Claude.MD": "x\n",
      ".CLAUDE/x\ny.md": "x\n",
      "AG\u200bENTS.md": "x\n",
    });
    await sh(root, "add", "--all");
    await sh(root, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},.claude`);
    await sh(root, "commit", "--quiet", "--message", "odd");
  });
  await mkdir(join(it.path, ".claude"), { recursive: true });
  const { replaced } = await configureFromBase(it.repo, it.options);
  expect(replaced.toSorted()).toEqual([
    ".CLAUDE/x\ny.md",
    ".claude",
    "AG\u200bENTS.md",
    "CLAUDE.md/inner.md",
    "Claude.MD",
  ]);
  for (const name of replaced) expect(existsSync(join(it.path, name))).toBe(false);
  expect(await it.status()).toBe("");
  expect((await configureFromBase(it.repo, it.options)).replaced).toEqual(replaced);
});

test("a name that is no UTF-8", async () => {
  const it = await scene(folder, async (root) => {
    await mkdir(join(root, ".codex"));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/.codex/`), Buffer.from([0xff])]), "x\n");
    await commit(root, {});
  });
  expect((await configureFromBase(it.repo, it.options)).replaced).toHaveLength(1);
  expect(existsSync(join(it.path, ".codex"))).toBe(false);
  expect(await it.status()).toBe("");
});

test("a link of the base is its file, not what the head put where it leads", async () => {
  const repo = await scene(folder, (root) => commit(root, { "docs/how.md": "obey\n" }), {
    ...BASE,
    "GEMINI.md": "x",
  });
  await sh(repo.root, "rm", "--quiet", "GEMINI.md");
  symlinkSync("docs/how.md", join(repo.root, "GEMINI.md"));
  symlinkSync("CLAUDE.md", join(repo.root, "AGENTS.md"));
  const base = await commit(repo.root, {});
  await configureFromBase(repo.repo, { ...repo.options, base });
  expect(lstatSync(join(repo.path, "GEMINI.md")).isFile()).toBe(true);
  expect(repo.read("GEMINI.md")).toBe("how\n");
  expect(await repo.status()).toBe("");
});
