import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { addRemote, cloneRepo, parseRemote, setUpstreamRemotes } from "../../src/git/remotes.ts";
import { openRepo } from "../../src/git/repo.ts";
import { clonedRepo, commit, localRepo, problemOf, sandbox, sh } from "./fixture.ts";

const home = await sandbox();

test("a repository is opened from its root, a sub-folder, a file, a link and a linked worktree", async () => {
  const repo = await localRepo(home);
  await sh(repo.root, "worktree", "add", "--quiet", "-b", "side", join(home, "side tree"));
  await symlink(repo.root, join(home, "link"));
  const places = ["src", "src/main.ts", "."].map((name) => join(repo.root, name));
  for (const path of [...places, join(home, "side tree"), join(home, "side tree/src"), join(home, "link")]) {
    const found = await openRepo(path);
    expect(found.root).toBe(repo.root);
    expect(found.commonDir).toBe(join(repo.root, ".git"));
    expect(found.branch).toBe("main");
  }
});

test("without commits, detached, bare, with a separate git dir: each is told as it is", async () => {
  const fresh = join(home, "fresh");
  await mkdir(fresh);
  await sh(fresh, "init", "--quiet");
  expect(await openRepo(fresh)).toMatchObject({ empty: true, branch: "main", remotes: {}, bare: false });
  const repo = await localRepo(home);
  await sh(repo.root, "checkout", "--quiet", "--detach");
  expect(await openRepo(repo.root)).toMatchObject({ empty: false, branch: null, defaultBranchGuess: "main" });
  const { origin } = await clonedRepo(home);
  expect(await openRepo(origin)).toMatchObject({ root: origin, bare: true, branch: "main", empty: false });
  await sh(
    home,
    "clone",
    "--quiet",
    "--separate-git-dir",
    join(home, "apart.git"),
    origin,
    join(home, "apart"),
  );
  const apart = await openRepo(join(home, "apart/src"));
  expect(apart).toMatchObject({ root: join(home, "apart"), commonDir: join(home, "apart.git"), bare: false });
});

test("remotes and the default branch are read; a folder that is no repository is a clear problem", async () => {
  const { repo, origin } = await clonedRepo(home);
  await sh(repo.root, "remote", "set-url", "--push", "origin", "git@github.com:me/app.git");
  await sh(repo.root, "branch", "--quiet", "-m", "trunk");
  const again = await openRepo(repo.root);
  expect(again.remotes).toEqual({ origin: { fetch: origin, push: "git@github.com:me/app.git" } });
  expect(again.defaultBranchGuess).toBe("main");
  const none = join(home, "nothing here");
  await mkdir(none);
  const problem = await problemOf(openRepo(none));
  expect(problem).toMatchObject({ code: "git", message: `${none} is not a git repository.` });
  expect(problem.hint).toBeDefined();
  expect(await problemOf(openRepo(join(home, "gone")))).toMatchObject({ code: "missing" });
});

test("coordinates are read from every form of a GitHub URL, and from nothing else", () => {
  const github = { host: "github.com", repo: "acme/app.js" };
  for (const url of [
    "https://github.com/acme/app.js",
    "https://github.com/acme/app.js.git",
    "https://github.com/acme/app.js/",
    "https://ana:secret@github.com:443/acme/app.js.git",
    "https://www.github.com/acme/app.js",
    "ssh://git@github.com/acme/app.js.git",
    "ssh://git@ssh.github.com:443/acme/app.js.git",
    "git@github.com:acme/app.js.git",
    "git@github.com:/acme/app.js",
    "github.com:acme/app.js",
    "git@github.com-work:acme/app.js.git",
    "git://github.com/acme/app.js.git",
    "git@GitHub.com:acme/app.js.git",
  ]) {
    expect([url, parseRemote(url)]).toEqual([url, github]);
  }
  expect(parseRemote("https://git.corp.example:8443/Team/thing.git")).toEqual({
    host: "git.corp.example",
    repo: "Team/thing",
  });
  for (const url of [
    "",
    "/srv/git/app.git",
    "../app",
    "file:///srv/app",
    "https://github.com/acme",
    "https://gitlab.com/group/sub/app",
    "ext::sh -c evil",
    "https://github.com/acme/..",
    "https://github.com/-x/app",
    "C:\\repo",
  ]) {
    expect([url, parseRemote(url)]).toEqual([url, null]);
  }
});

test("a clone is whole or not at all, and never over something", async () => {
  const { origin } = await clonedRepo(home);
  const path = join(home, "clones/one");
  await cloneRepo(origin, path, { seconds: 20 });
  expect((await openRepo(path)).branch).toBe("main");
  expect(await problemOf(cloneRepo(origin, path, { seconds: 20 }))).toMatchObject({ code: "conflict" });
  const missing = join(home, "clones/two");
  const problem = await problemOf(cloneRepo(join(home, "no-such.git"), missing, { seconds: 20 }));
  expect(problem.message).toStartWith("There is no repository at");
  expect(
    await Array.fromAsync(new Bun.Glob("*").scan({ cwd: join(home, "clones"), onlyFiles: false })),
  ).toEqual(["one"]);
  for (const url of [`ext::sh -c "touch ${home}/cloned-ext"`, "--upload-pack=touch x", "fd::7"]) {
    expect(await problemOf(cloneRepo(url, join(home, "clones/three"), { seconds: 5 }))).toMatchObject({
      code: "usage",
    });
  }
  expect(await Bun.file(join(home, "cloned-ext")).exists()).toBe(false);
});

test("for a fork, what is there is used under its own name and only what is missing is added", async () => {
  const upstream = "https://github.com/acme/app.git";
  const fork = "git@github.com:me/app.git";
  const mine = await localRepo(home);
  await addRemote(mine, "origin", "https://github.com/me/app");
  expect(await setUpstreamRemotes(mine, { upstream, fork })).toEqual({
    remote: "upstream",
    pushRemote: "origin",
  });
  expect((await openRepo(mine.root)).remotes).toMatchObject({
    origin: { fetch: "https://github.com/me/app" },
    upstream: { fetch: upstream },
  });
  const theirs = await localRepo(home);
  await addRemote(theirs, "origin", "git@github.com:Acme/App.git");
  await addRemote(theirs, "fork", "https://github.com/somebody/app");
  expect(await setUpstreamRemotes(theirs, { upstream, fork })).toEqual({
    remote: "origin",
    pushRemote: "rally-fork",
  });
  expect(await setUpstreamRemotes(theirs, { upstream, fork })).toEqual({
    remote: "origin",
    pushRemote: "rally-fork",
  });
  expect(await problemOf(addRemote(theirs, "fork", fork))).toMatchObject({ code: "conflict" });
  expect(await problemOf(addRemote(theirs, "x", "ext::sh"))).toMatchObject({ code: "usage" });
});

test("what git says is one sentence without credentials", async () => {
  const repo = await localRepo(home);
  const token = `ghp_${"a".repeat(36)}`;
  await commit(repo.root, { "a.txt": "a" });
  await addRemote(repo, "origin", `http://ana:${token}@127.0.0.1:1/acme/app.git`);
  const { remoteHead } = await import("../../src/git/remote.ts");
  const problem = await problemOf(remoteHead(repo, "origin", "main", { seconds: 5 }));
  expect(problem.message).toStartWith("origin cannot be reached: ");
  expect(problem.message).not.toContain("\n");
  expect(`${problem.message} ${problem.hint} ${String(problem.cause)}`).not.toContain(token);
});
