import { expect, test } from "bun:test";
import { freeBranch, isBranchName, slug } from "../../src/git/names.ts";
import { askAhead, remoteNames } from "../../src/git/remote-names.ts";
import { run } from "../../src/process.ts";
import { clonedRepo, localRepo, problemOf, sandbox, sh } from "./fixture.ts";

const home = await sandbox();

test("a slug is short, plain and never empty", () => {
  expect(slug("Fix login timeout!")).toBe("fix-login-timeout");
  expect(slug("Größe ändern: Crème brûlée & Łódź")).toBe("grosse-andern-creme-brulee-lodz");
  expect(slug("Don't   panic")).toBe("dont-panic");
  expect(slug("日本語のタイトル")).toBe("work");
  expect(slug("")).toBe("work");
  expect(slug("--force ../../etc @{u} x.lock ~^:?*[")).toBe("force-etc-u-x-lock");
  expect(slug("a very long title that goes on and on and on for ever and ever")).toBe(
    "a-very-long-title-that-goes-on-and-on",
  );
  expect(slug("x".repeat(100))).toBe("x".repeat(40));
});

test("every slug of a strange title makes a branch name that git takes", async () => {
  const titles = [
    "..",
    "a..b",
    ".lock",
    "@{",
    "@",
    "-x",
    "a\nb",
    "\u202eevil",
    "🙂",
    "a/b",
    "é".repeat(90),
    "HEAD",
    "\\",
    "con.lock",
  ];
  for (const title of titles) {
    const name = `rally/1-${slug(title)}`;
    expect([name, isBranchName(name)]).toEqual([name, true]);
    expect(slug(title)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    await sh(home, "check-ref-format", "--branch", name);
  }
});

test("names are judged as git judges them", async () => {
  const names = [
    "a",
    "a/b",
    "-a",
    "a..b",
    "a.lock",
    "a/.b",
    "a b",
    "a~b",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[",
    "a\\b",
    "a@{b",
    "@",
    "a//b",
    "/a",
    "a/",
    "a.",
    "ü",
    "a\tb",
    "a.lock/b",
  ];
  for (const name of names) {
    const options = { cwd: home, env: { PATH: "/usr/bin:/bin" }, timeoutMs: 5000, maxBytes: 1000 };
    const git = await run(["git", "check-ref-format", `refs/heads/${name}`], options);
    const isOk = git.code === 0 && !name.startsWith("-") && name !== "@";
    expect([name, isBranchName(name)]).toEqual([name, isOk]);
  }
});

test("a name that is taken here, as last seen there, or there now, gets a number", async () => {
  const { repo, origin } = await clonedRepo(home);
  const ask = (wanted: string, taken: string[] = []) => freeBranch(repo, wanted, { remote: "origin", taken });
  expect(await ask("rally/1-a")).toBe("rally/1-a");
  await sh(repo.root, "branch", "rally/1-a");
  expect(await ask("rally/1-a")).toBe("rally/1-a-2");
  await sh(repo.root, "update-ref", "refs/remotes/origin/rally/1-a-2", "HEAD");
  expect(await ask("rally/1-a")).toBe("rally/1-a-3");
  await sh(origin, "branch", "rally/1-a-3", "main");
  expect(await ask("rally/1-a")).toBe("rally/1-a-4");
  expect(await ask("rally/1-a", ["rally/1-a-4"])).toBe("rally/1-a-5");
  expect(await ask("rally/1-A")).toBe("rally/1-A-3");
  await sh(repo.root, "branch", "rally/2-b/deeper");
  expect(await ask("rally/2-b")).toBe("rally/2-b-2");
});

test("what a remote was asked ahead is used by the next that needs a name, of Rally's own only", async () => {
  const { repo, origin } = await clonedRepo(home);
  await sh(origin, "branch", "rally/3-c", "main");
  await sh(origin, "branch", "mine", "main");
  askAhead(repo, "origin", 5);
  const answered = await remoteNames(repo, "origin", "rally/other", 5);
  expect(answered).toEqual(["rally/3-c"]);
  // What is asked now would tell of this, too.
  await sh(origin, "branch", "rally/3-c-2", "main");
  expect(await freeBranch(repo, "rally/3-c", { remote: "origin" })).toBe("rally/3-c-2");
  expect(await freeBranch(repo, "mine", { remote: "origin" })).toBe("mine-2");
});

test("a remote out of reach is no failure; a branch in the way of all is a clear one", async () => {
  const repo = await localRepo(home);
  await sh(repo.root, "remote", "add", "origin", `${home}/no-such.git`);
  expect(await freeBranch(repo, "rally/1-a", { remote: "origin" })).toBe("rally/1-a");
  await sh(repo.root, "branch", "rally");
  const problem = await problemOf(freeBranch(repo, "rally/1-a", { remote: null }));
  expect(problem).toMatchObject({ code: "conflict" });
  expect(problem.hint).toContain("git branch -m rally");
  expect(await problemOf(freeBranch(repo, "-x", { remote: null }))).toMatchObject({ code: "usage" });
});
