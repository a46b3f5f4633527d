import { expect, test } from "bun:test";
import { chmod, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { commitAll } from "../../src/git/commit.ts";
import { push } from "../../src/git/push.ts";
import { remoteHead } from "../../src/git/remote.ts";
import { addWorktree } from "../../src/git/worktree.ts";
import { clonedRepo, commit, OWNER, problemOf, put, sandbox, sh } from "./fixture.ts";

const home = await sandbox();
const branch = "rally/1-x";

async function worked() {
  const { repo, origin } = await clonedRepo(home);
  const start = await sh(repo.root, "rev-parse", "HEAD");
  const worktree = join(repo.root, ".worktrees/rally-1");
  await addWorktree(repo, { path: worktree, branch, start, owner: OWNER });
  const head = await commit(worktree, { "a.txt": "a" });
  const ship = (expected: string | null, more: { branch?: string; remoteBranch?: string } = {}) =>
    push(repo, { branch, remote: "origin", remoteBranch: branch, seconds: 10, ...more, expected });
  return { repo, origin, worktree, head, start, ship };
}

test("a branch is pushed, again, and over what was seen; hooks do not run", async () => {
  const { repo, origin, worktree, head, start, ship } = await worked();
  await put(repo.commonDir, { "hooks/pre-push": `#!/bin/sh\ntouch ${home}/pre-push-ran\nexit 1\n` });
  await chmod(join(repo.commonDir, "hooks/pre-push"), 0o755);
  expect(await remoteHead(repo, "origin", branch)).toBeNull();
  expect(await ship(null)).toBe(head);
  expect(await remoteHead(repo, "origin", branch)).toBe(head);
  expect(await ship(head)).toBe(head);
  await sh(worktree, "reset", "--quiet", "--hard", start);
  const other = await commit(worktree, { "b.txt": "b" });
  expect(await ship(head)).toBe(other);
  expect(await sh(origin, "rev-parse", branch)).toBe(other);
  expect(await Bun.file(join(home, "pre-push-ran")).exists()).toBe(false);
});

test("commits that were not seen are never overwritten", async () => {
  const { origin, head, worktree, start, ship } = await worked();
  await ship(null);
  await sh(home, "clone", "--quiet", "--branch", branch, origin, `${origin}.other`);
  const theirs = await commit(`${origin}.other`, { "theirs.txt": "t" });
  await sh(`${origin}.other`, "push", "--quiet", "origin", branch);
  await commit(worktree, { "more.txt": "m" });
  for (const expected of [head, null, start]) {
    const problem = await problemOf(ship(expected));
    expect(problem).toMatchObject({ code: "conflict" });
    expect(problem.message).toContain("has not seen");
  }
  expect(await sh(origin, "rev-parse", branch)).toBe(theirs);
});

test("only rally/* is pushed, to rally/* only", async () => {
  const { repo, origin, ship } = await worked();
  const main = await sh(origin, "rev-parse", "main");
  for (const names of [
    { branch: "main" },
    { remoteBranch: "main" },
    { remoteBranch: "refs/heads/main" },
    { branch: "rally/" },
  ]) {
    expect(await problemOf(ship(null, names))).toMatchObject({ code: "refused" });
  }
  expect(await problemOf(ship(null, { branch: "rally/none" }))).toMatchObject({ code: "missing" });
  expect(await sh(origin, "rev-parse", "main")).toBe(main);
  expect(await remoteHead(repo, "origin", branch)).toBeNull();
});

test("refused, not let in, not there and out of reach are different sentences", async () => {
  const { repo, origin, ship } = await worked();
  const say = async () => (await problemOf(ship(null))).message;
  await put(origin, {
    "hooks/pre-receive": '#!/bin/sh\necho "GH006: Protected branch update failed" >&2\nexit 1\n',
  });
  await chmod(join(origin, "hooks/pre-receive"), 0o755);
  const refused = await say();
  expect(refused).toBe(`origin refused ${branch}: GH006: Protected branch update failed.`);
  await rename(origin, `${origin}.away`);
  const gone = await say();
  expect(gone).toStartWith("There is no repository at origin");
  await sh(repo.root, "remote", "set-url", "origin", "http://127.0.0.1:1/a/b.git");
  const offline = await say();
  expect(offline).toStartWith("origin cannot be reached: ");
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response("no", { status: 403 }),
  });
  await sh(repo.root, "remote", "set-url", "origin", `http://ana:tok3n@127.0.0.1:${server.port}/a/b.git`);
  const denied = await problemOf(ship(null));
  await server.stop(true);
  expect(denied.message).toStartWith("origin does not let you in: ");
  expect(denied.message).not.toContain("tok3n");
});

test("everything that is not ignored is committed, by names, as the user", async () => {
  const { repo, worktree, head } = await worked();
  await put(repo.commonDir, {
    "hooks/pre-commit": "#!/bin/sh\nexit 1\n",
    "hooks/commit-msg": "#!/bin/sh\nexit 1\n",
  });
  for (const hook of ["pre-commit", "commit-msg"]) await chmod(join(repo.commonDir, "hooks", hook), 0o755);
  await sh(worktree, "rm", "--quiet", "-r", "src");
  await put(worktree, {
    ".gitignore": "*.log\n",
    "x.log": "no",
    "-n": "dash",
    "a b/new\nline": "n",
    src: "now a file",
    ".rally/run/REVIEW.md": "no",
  });
  const sha = await commitAll(repo, { worktree, branch, message: "All of it\n\n# not a comment" });
  expect(await sh(worktree, "status", "--porcelain")).toBe("");
  expect(await sh(worktree, "ls-tree", "-r", "-z", "--name-only", sha)).toBe(
    "-n\0.gitignore\0README.md\0a b/new\nline\0a.txt\0src\0",
  );
  expect(await sh(worktree, "log", "-1", "--format=%an <%ae>|%P|%B")).toBe(
    `Ana <ana@example.org>|${head}|All of it\n\n# not a comment`,
  );
  // Typed again by somebody who saw the first die.
  expect(await commitAll(repo, { worktree, branch, message: "All of it\n\n# not a comment" })).toBe(sha);
  expect(await problemOf(commitAll(repo, { worktree, branch, message: "again" }))).toMatchObject({
    code: "conflict",
  });
});

test("a repository inside, another branch, a conflict, no message: nothing is committed", async () => {
  const { repo, worktree, head } = await worked();
  const ask = (message = "m") => problemOf(commitAll(repo, { worktree, branch, message }));
  expect(await ask(" ")).toMatchObject({ code: "usage" });
  await mkdir(join(worktree, "vendor/x"), { recursive: true });
  await sh(join(worktree, "vendor/x"), "init", "--quiet");
  await commit(join(worktree, "vendor/x"), { "x.txt": "x" });
  expect((await ask()).message).toBe("There is a repository of its own inside: vendor/x.");
  await rename(join(worktree, "vendor"), join(home, "vendor"));
  await put(worktree, { "b.txt": "b" });
  await sh(worktree, "checkout", "--quiet", "--detach");
  expect((await ask()).message).toContain("a detached HEAD");
  await sh(worktree, "checkout", "--quiet", branch);
  await sh(worktree, "checkout", "--quiet", "-b", "side");
  const side = await commit(worktree, { "a.txt": "side" });
  await sh(worktree, "checkout", "--quiet", branch);
  await commit(worktree, { "a.txt": "ours" });
  await sh(worktree, "merge", "--quiet", side).catch(() => "conflict");
  expect((await ask()).message).toBe("Files are in conflict.");
  expect(await sh(worktree, "log", "--format=%H", "--skip=1", "-1")).toBe(head);
});
