import { expect, test } from "bun:test";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { resolveBase } from "../../src/git/base.ts";
import { fetchPull } from "../../src/git/pull.ts";
import { openRepo } from "../../src/git/repo.ts";
import { clonedRepo, commit, commitElsewhere, localRepo, problemOf, sandbox, sh } from "./fixture.ts";

const home = await sandbox();

test("the base is what the remote has now, not what was fetched last; nothing else is fetched", async () => {
  const { repo, origin } = await clonedRepo(home);
  const sha = await commitElsewhere(origin, { "new.txt": "x" });
  await sh(origin, "branch", "other", "main");
  await sh(origin, "tag", "v1", "main");
  const local = await sh(repo.root, "rev-parse", "main");
  const base = await resolveBase(repo, { remote: "origin", base: null, fetchSeconds: 10 });
  expect(base).toEqual({ name: "origin/main", sha, warning: null });
  expect(await sh(repo.root, "rev-parse", "main")).toBe(local);
  expect(await sh(repo.root, "for-each-ref", "--format=%(refname)")).not.toMatch(/other|v1/);
  expect(await Bun.file(join(repo.commonDir, "FETCH_HEAD")).exists()).toBe(false);
});

test("a base is named with or without its remote; twelve at once are one fetch", async () => {
  const { repo, origin } = await clonedRepo(home);
  const sha = await commitElsewhere(origin, { "dev.txt": "x" });
  await sh(origin, "branch", "release/2.x", "main");
  for (const name of ["release/2.x", "origin/release/2.x", "refs/heads/release/2.x"]) {
    const base = await resolveBase(repo, { remote: "origin", base: name, fetchSeconds: 10 });
    expect(base).toEqual({ name: "origin/release/2.x", sha, warning: null });
  }
  const all = await Promise.all(
    Array.from({ length: 12 }, () => resolveBase(repo, { remote: "origin", base: "main", fetchSeconds: 10 })),
  );
  expect(new Set(all.map((base) => `${base.sha} ${base.warning}`))).toEqual(new Set([`${sha} null`]));
});

test("a remote out of reach is a warning with the base as last fetched, within the time given", async () => {
  const { repo, origin } = await clonedRepo(home);
  const known = await sh(repo.root, "rev-parse", "origin/main");
  await rename(origin, `${origin}.away`);
  const base = await resolveBase(repo, { remote: "origin", base: null, fetchSeconds: 5 });
  expect(base).toMatchObject({ name: "origin/main", sha: known });
  expect(base.warning).toContain("origin");
  // A server that takes the connection and never answers.
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  await sh(repo.root, "remote", "set-url", "origin", `git://127.0.0.1:${server.port}/acme/app`);
  const slow = await resolveBase(await openRepo(repo.root), {
    remote: "origin",
    base: "main",
    fetchSeconds: 0.3,
  });
  server.stop(true);
  expect(slow.sha).toBe(known);
  expect(slow.warning).toStartWith("origin did not answer within 0.3 s.");
});

test("an unknown base names near ones; a remote that is not there, too", async () => {
  const { repo, origin } = await clonedRepo(home);
  await sh(origin, "branch", "develop", "main");
  await sh(repo.root, "fetch", "--quiet");
  const problem = await problemOf(resolveBase(repo, { remote: "origin", base: "devlop", fetchSeconds: 10 }));
  expect(problem).toMatchObject({ code: "missing", message: "There is no branch devlop on origin." });
  expect(problem.hint).toContain("develop");
  const bad = await problemOf(
    resolveBase(repo, { remote: "origin", base: "--upload-pack=x", fetchSeconds: 10 }),
  );
  expect(bad.code).toBe("missing");
  expect(await problemOf(resolveBase(repo, { remote: "nope", base: null, fetchSeconds: 1 }))).toMatchObject({
    code: "missing",
  });
});

test("a local project starts from its branch; without commits there is nothing to start from", async () => {
  const repo = await localRepo(home);
  const sha = await sh(repo.root, "rev-parse", "HEAD");
  expect(await resolveBase(repo, { remote: null, base: null, fetchSeconds: 1 })).toEqual({
    name: "main",
    sha,
    warning: null,
  });
  expect(await problemOf(resolveBase(repo, { remote: null, base: "mian", fetchSeconds: 1 }))).toMatchObject({
    code: "missing",
    hint: "there are: main",
  });
  await sh(repo.root, "checkout", "--quiet", "--detach");
  expect(
    (await resolveBase(await openRepo(repo.root), { remote: null, base: null, fetchSeconds: 1 })).name,
  ).toBe("main");
  const fresh = join(home, "fresh");
  await mkdir(fresh);
  await sh(fresh, "init", "--quiet");
  const empty = await problemOf(
    resolveBase(await openRepo(fresh), { remote: null, base: null, fetchSeconds: 1 }),
  );
  expect(empty).toMatchObject({
    code: "git",
    message: `${fresh} has no commits yet, so there is nothing to start from.`,
  });
  await sh(fresh, "init", "--quiet", "--bare", join(home, "fresh.git"));
  await sh(fresh, "remote", "add", "origin", join(home, "fresh.git"));
  const far = await problemOf(
    resolveBase(await openRepo(fresh), { remote: "origin", base: null, fetchSeconds: 5 }),
  );
  expect(far.message).toContain("has no commits yet");
});

test("the head of a pull request is fetched beside all branches, again when it was forced", async () => {
  const { repo, origin } = await clonedRepo(home);
  const first = await commitElsewhere(origin, { "pr.txt": "1" });
  await sh(origin, "update-ref", "refs/pull/12/head", first);
  await sh(origin, "update-ref", "refs/heads/main", `${first}^`);
  const ask = () => fetchPull(repo, { remote: "origin", number: 12, seconds: 10 });
  expect(await ask()).toBe(first);
  expect(await sh(repo.root, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/rally")).toBe(
    "refs/heads/main\nrefs/rally/pull/12",
  );
  const second = await commit(repo.root, { "pr.txt": "2" });
  await sh(repo.root, "push", "--quiet", "--force", "origin", `${second}:refs/pull/12/head`);
  expect(await ask()).toBe(second);
  expect(await problemOf(fetchPull(repo, { remote: "origin", number: 99, seconds: 10 }))).toMatchObject({
    code: "missing",
    message: "origin has no pull request #99.",
  });
});
