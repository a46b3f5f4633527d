import { join } from "node:path";
import { headsBelow } from "../../src/git/here.ts";
import { fileState } from "../../src/github/memory/file.ts";
import { people } from "../../src/github/memory/people.ts";
import { type Access, addRepo, type Weather } from "../../src/github/memory/state.ts";

/** What a person does on GitHub, as a command: in the embedded state, and in the bare repository where it is git. */
const hub = process.env.HUB ?? "";
const state = fileState(hub);
const headOf = headsBelow(join(hub, "git"));
const by = people(state, { now: () => Date.now(), headOf });

const [verb = "", repo = "", ...rest] = process.argv.slice(2);
const bare = join(hub, "git", `${repo}.git`);

switch (verb) {
  case "issue":
    say(await by.openIssue(repo, { title: rest[0] ?? "", ...(rest[1] ? { author: rest[1] } : {}) }));
    break;
  case "issues":
    for (let n = 1; n <= Number(rest[0]); n += 1) await by.openIssue(repo, { title: `Number ${n}` });
    break;
  case "contribute":
    await contribute(rest[0] ?? "", rest[1] ?? "", rest[2]);
    break;
  case "offer":
    await offer(rest[0] ?? "", rest[1] ?? "");
    break;
  case "push":
    await pushTo(Number(rest[0]));
    break;
  case "merge":
    await merge(Number(rest[0]), rest[1] === "--squash");
    break;
  case "review":
    await by.review(repo, Number(rest[0]), {
      author: rest[1] ?? "",
      state: "changes_requested",
      body: rest[2] ?? "",
    });
    break;
  case "thread":
    await by.reviewComment(repo, Number(rest[0]), {
      author: rest[1] ?? "",
      path: "NOTES.md",
      line: 1,
      body: rest[2] ?? "",
    });
    break;
  case "reviews":
    await reviews(Number(rest[0]));
    break;
  case "pulls":
    await pulls();
    break;
  case "comment":
    await by.comment(repo, Number(rest[0]), rest[1] ?? "", rest[2] ?? "");
    break;
  case "ready":
    await by.ready(repo, Number(rest[0]));
    break;
  case "close":
    await by.close(repo, Number(rest[0]));
    break;
  case "remove":
    await by.remove(repo, Number(rest[0]));
    break;
  case "access":
    await by.setAccess(repo, rest[0] as Access);
    break;
  case "weather":
    await by.setWeather(repo as Weather);
    break;
  case "repo":
    await state.update((now) => void addRepo(now, { name: repo, parent: rest[0] ?? null }));
    break;
  default:
    throw new Error(`a person does not ${verb}`);
}

function say(words: unknown): void {
  process.stdout.write(`${words}\n`);
}

function git(...args: string[]): string {
  const done = Bun.spawnSync(["git", "--git-dir", bare, ...args], { stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.toString().trim();
}

/** A commit on top of `parent` that puts one line into one file. */
function commitOn(parent: string, path: string, line: string): string {
  const blob = Bun.spawnSync(["git", "--git-dir", bare, "hash-object", "-w", "--stdin"], {
    stdin: Buffer.from(`${line}\n`),
  });
  const tree = git("ls-tree", parent)
    .split("\n")
    .filter((entry) => !entry.endsWith(`\t${path}`));
  tree.push(`100644 blob ${blob.stdout.toString().trim()}\t${path}`);
  const made = Bun.spawnSync(["git", "--git-dir", bare, "mktree"], {
    stdin: Buffer.from(`${tree.join("\n")}\n`),
  });
  return git("commit-tree", made.stdout.toString().trim(), "-p", parent, "-m", line);
}

async function contribute(branch: string, title: string, author = "ben"): Promise<void> {
  git("update-ref", `refs/heads/${branch}`, commitOn("main", "cache.txt", title));
  const file = {
    path: "cache.txt",
    status: "added",
    additions: 1,
    deletions: 0,
    patch: `+${title}`,
  } as const;
  const number = await by.openPull(
    repo,
    { title, body: "", head: branch, base: "main", draft: false },
    { author, files: [file] },
  );
  git("update-ref", `refs/pull/${number}/head`, `refs/heads/${branch}`);
  say(number);
}

/** A pull request from a branch that is there already: `ben:cache` of a fork. */
async function offer(head: string, title: string): Promise<void> {
  const author = head.split(":")[0] ?? "";
  say(await by.openPull(repo, { title, body: "", head, base: "main", draft: false }, { author }));
}

async function threadAt(number: number) {
  const now = await state.read();
  const thread = now.repos.find((one) => one.name === repo)?.threads.find((one) => one.number === number);
  if (!thread?.pull) throw new Error(`${repo} has no pull request ${number}`);
  return { title: thread.title, pull: thread.pull };
}

async function pushTo(number: number): Promise<void> {
  const { pull } = await threadAt(number);
  const commit = commitOn(`refs/heads/${pull.head.ref}`, "more.txt", "More of it");
  git("update-ref", `refs/heads/${pull.head.ref}`, commit);
  git("update-ref", `refs/pull/${number}/head`, commit);
}

async function merge(number: number, squash: boolean): Promise<void> {
  const { pull, title } = await threadAt(number);
  const head = git("rev-parse", `refs/heads/${pull.head.ref}`);
  const tree = git("merge-tree", "--write-tree", "main", head);
  const parents = squash ? ["-p", "main"] : ["-p", "main", "-p", head];
  await by.merge(repo, number);
  git("update-ref", "refs/heads/main", git("commit-tree", tree, ...parents, "-m", `${title} (#${number})`));
}

async function reviews(number: number): Promise<void> {
  const { pull } = await threadAt(number);
  for (const one of pull.reviews) say(`${one.author} ${one.state} ${one.commit}\n${one.body}`);
}

async function pulls(): Promise<void> {
  const now = await state.read();
  for (const { number, title, pull, open, body } of now.repos.find((one) => one.name === repo)?.threads ?? [])
    if (pull)
      say(
        `#${number} ${open ? "open" : "closed"} ${pull.head.owner}:${pull.head.ref} → ${pull.base.ref}: ${title}: ${body.trim()}`,
      );
}
