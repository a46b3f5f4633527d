import { afterEach, expect, test } from "bun:test";
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../src/domain/problem.ts";
import { worktreeAt } from "../../src/git/admin.ts";
import { commit, sh } from "./fixture.ts";
import { everything, setTraps } from "./traps.ts";

const { home, marks, worked, evilRepository } = await setTraps();

/**
 * What an agent without walls can leave so that a git of Rally's goes to a repository whose settings run programs. The
 * traps are real: for each it is shown that a git as it is, in the worktree, springs one.
 */
type Place = { readonly worktree: string; readonly gitDir: string; readonly evil: string };

afterEach(clear);

const TRICKS: Readonly<Record<string, (place: Place) => Promise<void> | void>> = {
  "a .git file that names another git dir": ({ worktree, evil }) =>
    writeFileSync(join(worktree, ".git"), `gitdir: ${evil}/.git\n`),
  "a .git that is a link": ({ worktree, evil }) => {
    rmSync(join(worktree, ".git"));
    symlinkSync(join(evil, ".git"), join(worktree, ".git"));
  },
  "a .git that is a folder": ({ worktree, evil }) => {
    rmSync(join(worktree, ".git"));
    cpSync(join(evil, ".git"), join(worktree, ".git"), { recursive: true });
  },
  "a commondir by its whole path": ({ gitDir, evil }) =>
    writeFileSync(join(gitDir, "commondir"), `${evil}/.git\n`),
  "a commondir that is a link": ({ gitDir, evil }) => {
    rmSync(join(gitDir, "commondir"));
    writeFileSync(join(evil, "named"), `${evil}/.git\n`);
    symlinkSync(join(evil, "named"), join(gitDir, "commondir"));
  },
  "settings of the worktree's own": async ({ worktree, gitDir, evil }) => {
    await sh(worktree, "config", "extensions.worktreeConfig", "true");
    cpSync(join(evil, ".git/config"), join(gitDir, "config.worktree"));
  },
  "a nested repository with a filter, as a folder": ({ worktree, evil }) =>
    cpSync(evil, join(worktree, "nested"), { recursive: true }),
  "a nested repository with a filter, as a submodule whose .git is a file": async ({ worktree, evil }) => {
    cpSync(evil, join(worktree, "sub"), { recursive: true });
    cpSync(join(worktree, "sub/.git"), join(worktree, "sub-git"), { recursive: true });
    rmSync(join(worktree, "sub/.git"), { recursive: true });
    writeFileSync(join(worktree, "sub/.git"), "gitdir: ../sub-git\n");
    const inner = await sh(evil, "-c", "core.fsmonitor=false", "rev-parse", "HEAD");
    await sh(worktree, "update-index", "--add", "--cacheinfo", `160000,${inner},sub`);
  },
  "a bare repository among the files": async ({ worktree, evil }) => {
    cpSync(join(evil, ".git"), join(worktree, "bare"), { recursive: true });
    await sh(join(worktree, "bare"), "config", "core.bare", "true");
  },
  "hooks, in the place where git looks and by a link": ({ worktree, gitDir }) => {
    const folder = join(worktree, "my-hooks");
    mkdirSync(folder);
    for (const hook of ["post-index-change", "reference-transaction", "post-checkout", "pre-commit"]) {
      writeFileSync(join(folder, hook), `#!/bin/sh\ntouch "${marks}/${hook}"\n`);
      chmodSync(join(folder, hook), 0o755);
    }
    const hooks = join(gitDir, "../../hooks");
    rmSync(hooks, { recursive: true, force: true });
    symlinkSync(folder, hooks);
  },
};

for (const [trick, lay] of Object.entries(TRICKS))
  test(`nothing of the agent's runs for ${trick}`, async () => {
    const { repo, worktree, baseSha } = await worked();
    const gitDir = (await worktreeAt(repo, worktree))?.gitDir ?? "";
    const evil = join(home, `evil-${crypto.randomUUID().slice(0, 8)}`);
    await evilRepository(evil, "evil");
    await lay({ worktree, gitDir, evil });
    await clear();
    for (const folder of [".", "sub", "nested", "bare"].map((each) => join(worktree, each)))
      if (existsSync(folder)) await plainGit(folder);
    expect(await readdir(marks)).not.toEqual([]);
    await clear();
    // Some of it is refused, in words; that is as good.
    await everything(repo, worktree, baseSha).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
    });
    expect(await readdir(marks)).toEqual([]);
  });

async function plainGit(folder: string): Promise<void> {
  await sh(folder, "status").catch(() => "sprung");
  await sh(folder, "--work-tree=.", "add", "--refresh", ".").catch(() => "sprung");
}

async function clear(): Promise<void> {
  for (const mark of await readdir(marks)) await rm(join(marks, mark));
}

test("a repository as it should be springs nothing, by Rally or by git", async () => {
  const { repo, worktree, baseSha } = await worked();
  await commit(worktree, { "c.txt": "c\n" });
  await everything(repo, worktree, baseSha);
  await sh(worktree, "status");
  expect(await readdir(marks)).toEqual([]);
});
