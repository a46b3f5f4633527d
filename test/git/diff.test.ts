import { expect, test } from "bun:test";
import { chmod, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { diff, numstat } from "../../src/git/diff.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { commit, localRepo, OWNER, problemOf, put, sandbox, sh } from "./fixture.ts";

const home = await sandbox();
const branch = "rally/1-x";

async function worked() {
  const repo = await localRepo(home);
  const baseSha = await sh(repo.root, "rev-parse", "HEAD");
  const worktree = join(repo.root, ".worktrees/rally-1");
  await addWorktree(repo, { path: worktree, branch, start: baseSha, owner: OWNER });
  const head = await commit(worktree, { "src/main.ts": "one\n2\nthree\n" });
  await put(worktree, { "README.md": "# Changed\n", "new\nline.txt": "new\n", "-v": "dash\n" });
  return { repo, baseSha, worktree, head };
}

test("the work is shown committed, uncommitted and untracked, and the index is not touched", async () => {
  const { repo, baseSha, worktree } = await worked();
  await sh(worktree, "add", "README.md");
  await put(worktree, { "README.md": "# Changed twice\n" });
  const index = join(repo.commonDir, "worktrees/rally-1/index");
  const before = await Bun.file(index).bytes();
  const objects = await sh(repo.root, "count-objects");
  const text = await diff(repo, { worktree, baseSha });
  expect(text).toContain("-two\n+2\n");
  expect(text).toContain("+# Changed twice");
  expect(text).toContain('+++ "b/new\\nline.txt"');
  expect(text).toContain("+++ b/-v");
  expect(await Bun.file(index).bytes()).toEqual(before);
  expect(await sh(repo.root, "count-objects")).toBe(objects);
  expect(await sh(worktree, "status", "--porcelain", "-z")).toBe("MM README.md\0?? -v\0?? new\nline.txt\0");
});

test("each scope shows its part", async () => {
  const { repo, baseSha, worktree } = await worked();
  const committed = await diff(repo, { worktree, baseSha, scope: "committed" });
  expect(committed).toContain("+2\n");
  expect(committed).not.toMatch(/Changed|dash/);
  const uncommitted = await diff(repo, { worktree, baseSha, scope: "uncommitted" });
  expect(uncommitted).toMatch(/Changed[\s\S]*dash|dash[\s\S]*Changed/);
  expect(uncommitted).not.toContain("+2\n");
  expect(await diff(repo, { worktree, baseSha, stat: true })).toMatch(
    /4 files changed, 4 insertions\(\+\), 2 deletions\(-\)/,
  );
  await rm(worktree, { recursive: true });
  expect(await diff(repo, { worktree: null, branch, baseSha })).toBe(committed);
  expect(await problemOf(diff(repo, { worktree: null, baseSha }))).toMatchObject({ code: "missing" });
});

test("since the last run: what was there before is left out", async () => {
  const { repo, worktree, head } = await worked();
  const text = await diff(repo, { worktree, baseSha: head });
  expect(text).toContain("Changed");
  expect(text).not.toContain("+2\n");
});

test("what the base took since is left out", async () => {
  const { repo, baseSha, worktree } = await worked();
  await commit(repo.root, { "theirs.txt": "theirs\n" });
  await rm(join(worktree, "-v"));
  await sh(worktree, "stash", "--quiet");
  await sh(worktree, "merge", "--quiet", "--no-edit", "main");
  expect(await diff(repo, { worktree, baseSha, base: "main", scope: "committed" })).not.toContain("theirs");
  expect(await diff(repo, { worktree, baseSha, scope: "committed" })).toContain("theirs");
});

test("as numbers: renames, binary files, links, modes and names with line ends", async () => {
  const { repo, baseSha, worktree } = await worked();
  await rename(join(worktree, "src/main.ts"), join(worktree, "src/renamed file.ts"));
  await sh(worktree, "add", "--all", "src");
  await put(worktree, { "logo.png": new Uint8Array([0, 159, 146, 150]) });
  await symlink("/etc/passwd", join(worktree, "link"));
  await chmod(join(worktree, "README.md"), 0o755);
  const files = await numstat(repo, { worktree, baseSha });
  expect(files.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: "-v", from: null, insertions: 1, deletions: 0 },
    { path: "README.md", from: null, insertions: 1, deletions: 1 },
    { path: "link", from: null, insertions: 1, deletions: 0 },
    { path: "logo.png", from: null, insertions: null, deletions: null },
    { path: "new\nline.txt", from: null, insertions: 1, deletions: 0 },
    { path: "src/renamed file.ts", from: "src/main.ts", insertions: 1, deletions: 1 },
  ]);
  expect(await diff(repo, { worktree, baseSha })).not.toContain("root:");
});

test("a diff that is too long is cut, and says so", async () => {
  const { repo, baseSha, worktree } = await worked();
  await put(worktree, { "long.txt": "line\n".repeat(20_000) });
  const text = await diff(repo, { worktree, baseSha, maxBytes: 5000 });
  expect(text.length).toBeLessThan(5100);
  expect(text).toEndWith("[cut: there is more than Rally shows]\n");
});
