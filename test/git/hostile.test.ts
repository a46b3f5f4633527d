import { expect, test } from "bun:test";
import { appendFile, chmod, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { worktreeAt } from "../../src/git/admin.ts";
import { resolveBase } from "../../src/git/base.ts";
import { commitAll } from "../../src/git/commit.ts";
import { diff } from "../../src/git/diff.ts";
import { freeBranch } from "../../src/git/names.ts";
import { observeWorktree } from "../../src/git/observe.ts";
import { push } from "../../src/git/push.ts";
import { ignoredConfig, openRepo } from "../../src/git/repo.ts";
import { uniqueWork } from "../../src/git/unique.ts";
import { commit, NOW, put, sh } from "./fixture.ts";
import { branch, everything, setTraps } from "./traps.ts";

const { home, marks, trap, worked, evilRepository } = await setTraps();

async function traps(
  keys: Record<string, (program: string) => string>,
  set: (key: string, value: string) => Promise<unknown>,
) {
  for (const [key, value] of Object.entries(keys))
    await set(key, value(await trap(key.replace(/[^a-zA-Z.]/g, "_"))));
}

const PROGRAMS: Record<string, (program: string) => string> = {
  "core.fsmonitor": (program) => program,
  "core.pager": (program) => program,
  "core.editor": (program) => program,
  "core.askPass": (program) => program,
  "core.sshCommand": (program) => program,
  "core.gitProxy": (program) => program,
  "core.alternateRefsCommand": (program) => program,
  "diff.external": (program) => program,
  "diff.evil.command": (program) => program,
  "diff.evil.textconv": (program) => program,
  "merge.evil.driver": (program) => program,
  "filter.evil.clean": (program) => program,
  "filter.evil.smudge": (program) => program,
  "filter.evil=x.process": (program) => program,
  "gpg.program": (program) => program,
  "credential.helper": (program) => `!${program}`,
  "alias.status": (program) => `!${program}`,
  "alias.for-each-ref": (program) => `!${program}`,
  "remote.origin.uploadpack": (program) => program,
  "remote.origin.receivepack": (program) => program,
  "pager.diff": (program) => program,
  "sequence.editor": (program) => program,
  "hook.evil.command": (program) => program,
};

test("no program that the repository's configuration names is run by anything that Rally does", async () => {
  const { repo, worktree, baseSha } = await worked();
  await sh(repo.root, "config", "log.showSignature", "true");
  await sh(repo.root, "config", "hook.evil.event", "reference-transaction");
  await put(worktree, {
    ".gitattributes": "*.txt diff=evil merge=evil filter=evil\n*.dat filter=evil=x diff=evil\n",
  });
  await commit(worktree, {});
  await sh(repo.root, "config", "filter.evil.required", "true");
  await traps(PROGRAMS, (key, value) => sh(repo.root, "config", key, value));
  await everything(repo, worktree, baseSha);
  await commitAll(repo, { worktree, branch, message: "by hand" });
  await push(repo, { branch, remote: "origin", remoteBranch: branch, expected: null, seconds: 10 });
  expect(await readdir(marks)).toEqual([]);
  const ignored = await ignoredConfig(repo);
  for (const key of ["filter.evil.clean", "core.sshcommand", "credential.helper", "gpg.program"])
    expect(ignored).toContain(key);
  // The traps do work: git as it is springs them.
  await sh(worktree, "-c", "core.fsmonitor=false", "diff", "--ext-diff", "HEAD^", "HEAD").catch(
    () => "sprung",
  );
  await sh(worktree, "status").catch(() => "sprung");
  const sprung = await readdir(marks);
  for (const mark of sprung) await rm(join(marks, mark));
  expect(sprung).toContain("core.fsmonitor");
  expect(sprung).toContain("diff.evil.command");
});

test("neither the worktree's own configuration, nor an included file, nor hooks are a way in", async () => {
  const { repo, worktree, baseSha } = await worked();
  const included = join(home, "included");
  await writeFile(
    included,
    `[filter "inc"]\n\tclean = ${await trap("included")}\n\tsmudge = ${await trap("smudged")}\n`,
  );
  await sh(repo.root, "config", "include.path", included);
  await sh(repo.root, "config", "extensions.worktreeConfig", "true");
  await sh(worktree, "config", "--worktree", "core.fsmonitor", await trap("worktree-fsmonitor"));
  await sh(worktree, "config", "--worktree", "core.hooksPath", join(worktree, ".husky"));
  for (const hook of [
    "post-checkout",
    "pre-push",
    "pre-commit",
    "reference-transaction",
    "post-index-change",
    "pre-auto-gc",
  ]) {
    const text = `#!/bin/sh\ntouch "${marks}/hook-${hook}"\nexit 1\n`;
    await put(repo.commonDir, { [`hooks/${hook}`]: text });
    await put(worktree, { [`.husky/${hook}`]: text });
    for (const path of [join(repo.commonDir, "hooks", hook), join(worktree, ".husky", hook)])
      await chmod(path, 0o755);
  }
  await put(worktree, { ".gitattributes": "*.txt filter=inc\n*.dat filter=inc\n" });
  await everything(repo, worktree, baseSha);
  await commitAll(repo, { worktree, branch, message: "by hand" });
  await push(repo, { branch, remote: "origin", remoteBranch: branch, expected: null, seconds: 10 });
  expect(await readdir(marks)).toEqual([]);
});

test("remotes that run programs are never spoken to", async () => {
  const { repo } = await worked();
  const program = await trap("ext");
  await sh(repo.root, "config", "protocol.ext.allow", "always");
  await sh(repo.root, "config", "protocol.allow", "always");
  for (const [key, value] of [
    ["remote.origin.url", `ext::${program} %S`],
    ["remote.origin.vcs", "ext"],
    ["url.ext::.insteadOf", "https://"],
  ] as const) {
    await sh(repo.root, "config", key, value);
    const again = await openRepo(repo.root);
    const base = await resolveBase(again, { remote: "origin", base: "main", fetchSeconds: 5 });
    expect(base.warning).not.toBeNull();
    await push(again, { branch, remote: "origin", remoteBranch: branch, expected: null, seconds: 5 }).catch(
      () => "refused",
    );
    await freeBranch(again, "rally/9", { remote: "origin" });
  }
  expect(await readdir(marks)).toEqual([]);
});

test("a redirected .git, a rewritten commondir, nested repositories and submodules: nothing of theirs runs", async () => {
  const { repo, worktree, baseSha } = await worked();
  await evilRepository(join(worktree, "nested"), "nested");
  await evilRepository(join(worktree, "sub"), "sub");
  await sh(
    worktree,
    "-c",
    "core.fsmonitor=false",
    "update-index",
    "--add",
    "--cacheinfo",
    `160000,${baseSha},sub`,
  );
  await writeFile(
    join(worktree, ".gitmodules"),
    '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tupdate = !touch x\n\tignore = none\n',
  );
  await evilRepository(join(home, "evil-main"), "redirected");
  await writeFile(join(worktree, ".git"), `gitdir: ${join(home, "evil-main/.git")}\n`);
  for (const mark of await readdir(marks)) await rm(join(marks, mark));
  await everything(repo, worktree, baseSha);
  expect(await readdir(marks)).toEqual([]);
  const seen = await observeWorktree(repo, {
    worktree,
    branch,
    base: "origin/main",
    baseSha,
    pushRemote: null,
    now: NOW,
  });
  expect(seen.branchNow).toBeNull();
  expect(seen.commits).toBe(1);
  const unique = await uniqueWork(repo, { worktree, branch, base: "origin/main", baseSha });
  expect(unique.nested).toEqual(["nested", "sub"]);

  const second = await worked();
  const dir = (await worktreeAt(second.repo, second.worktree))?.gitDir ?? "";
  await writeFile(join(dir, "commondir"), `${join(home, "evil-main/.git")}\n`);
  await everything(second.repo, second.worktree, second.baseSha);
  expect(await readdir(marks)).toEqual([]);
});

test("a configuration that changes while Rally runs is judged again", async () => {
  const { repo, worktree, baseSha } = await worked();
  await diff(repo, { worktree, baseSha });
  await appendFile(join(repo.commonDir, "config"), `[filter "late"]\n\tclean = ${await trap("late")}\n`);
  await put(worktree, { ".gitattributes": "* filter=late\n", "a.txt": "again\n" });
  await everything(repo, worktree, baseSha);
  expect(await readdir(marks)).toEqual([]);
});
