import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createState, fileState } from "../../src/github/memory/file.ts";
import { people } from "../../src/github/memory/people.ts";
import { addRepo, emptyState } from "../../src/github/memory/state.ts";
import { makeGitHub, memoryFolder } from "../../src/github/pick.ts";
import { clockAt, heldCache, SILENT } from "../contract/github-bench.ts";
import { problem } from "../contract/github-case.ts";

const APP = "acme/app";
const clock = clockAt("2026-03-01T12:00:00Z");
let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "rally-github-")), "github");
  const state = emptyState("ana");
  addRepo(state, { name: APP, heads: { main: "base0" } });
  await createState(folder, state);
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const options = () => ({
  apiUrl: `memory:${folder}`,
  token: null,
  cache: heldCache().cache,
  now: clock.now,
  timeoutMs: 1_000,
  retries: false,
  log: SILENT,
});

test("what one does, another sees; and the state is nobody else's to read", async () => {
  const github = await makeGitHub(options());
  const number = await people(fileState(folder), clock).openIssue(APP, { title: "from another process" });
  expect((await github.issue(APP, number)).title).toBe("from another process");
  await people(fileState(folder), clock).push(APP, "b", "sha1");
  const made = await github.createPull(APP, { title: "t", body: "", head: "b", base: "main", draft: false });
  await people(fileState(folder), clock).merge(APP, made.number);
  expect(await github.pull(APP, made.number)).toMatchObject({ state: "merged" });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

test("a first state that is there is kept", async () => {
  await people(fileState(folder), clock).openIssue(APP, { title: "kept" });
  await createState(folder, emptyState("eve"));
  expect((await fileState(folder).read()).viewer).toBe("ana");
});

test("four processes that open issues at once lose none, and none gets another's number", async () => {
  const script = join(import.meta.dir, "..", "fixtures", "github", "opener.ts");
  const workers = Array.from({ length: 4 }, (_, n) =>
    Bun.spawn([process.execPath, script, folder, String(n), "10"], { stdout: "pipe", stderr: "inherit" }),
  );
  const told = await Promise.all(workers.map((worker) => new Response(worker.stdout).text()));
  const numbers = told.flatMap((text) => text.trim().split("\n").map(Number));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  const { repos } = await fileState(folder).read();
  expect(new Set(repos[0]?.threads.map((thread) => thread.title)).size).toBe(40);
});

test("one that is killed in the middle of a change leaves nothing in the way", async () => {
  const script = join(import.meta.dir, "..", "fixtures", "github", "opener.ts");
  const worker = Bun.spawn([process.execPath, script, folder, "k", "100000"], { stdout: "pipe" });
  // Its first line says that it is in the middle of its work.
  await worker.stdout.getReader().read();
  worker.kill("SIGKILL");
  await worker.exited;
  const before = (await fileState(folder).read()).repos[0]?.threads.length ?? 0;
  expect(before).toBeGreaterThan(0);
  const number = await people(fileState(folder), clock).openIssue(APP, { title: "after" });
  expect(number).toBe(before + 1);
});

test("old states are emptied, so that the folder stays small", async () => {
  const persons = people(fileState(folder), clock);
  const { number } = { number: await persons.openIssue(APP, { title: "t" }) };
  for (let n = 0; n < 20; n += 1) await persons.comment(APP, number, "ben", "x");
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size),
  );
  expect(sizes.filter((size) => size > 0).length).toBe(2);
});

test("a folder without a state is said to have none", async () => {
  expect(memoryFolder("https://api.github.com")).toBeNull();
  expect(memoryFolder(null)).toBeNull();
  const github = await makeGitHub({ ...options(), apiUrl: `memory:${folder}/none` });
  const refused = await problem(github.viewer());
  expect([refused.code, refused.hint]).toEqual(["config", "rally demo makes one"]);
});

test("heads come from git where git is asked", async () => {
  const branches = new Map([
    ["main", "base0"],
    ["b", "one"],
  ]);
  const headOf = async (repo: string, branch: string) =>
    repo === APP ? (branches.get(branch) ?? null) : null;
  const github = await makeGitHub({ ...options(), headOf });
  const made = await github.createPull(APP, { title: "t", body: "", head: "b", base: "main", draft: false });
  branches.set("b", "two");
  expect((await github.pull(APP, made.number)).head.sha).toBe("two");
  branches.delete("b");
  expect((await github.pull(APP, made.number)).head.sha).toBe("two");
});
