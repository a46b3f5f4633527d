import { readFileSync } from "node:fs";
import { join } from "node:path";
import { worktreeAt } from "../../src/git/admin.ts";
import type { Repo } from "../../src/git/repo.ts";
import { worktreeStatus } from "../../src/git/status.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { commit, localRepo, NOW, OWNER, sh } from "./fixture.ts";

export const BASE = {
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
export async function scene(
  folder: string,
  work: (root: string) => Promise<unknown>,
  base: Record<string, string> = BASE,
) {
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

export const forked = (folder: string) => scene(folder, (root) => commit(root, HEAD));

export async function seen(repo: Repo, path: string) {
  const at = await worktreeAt(repo, path);
  if (at === null) throw new Error(`${path} is no worktree`);
  return worktreeStatus(at);
}
