import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readExit, spawnDetached } from "../../src/process/detached.ts";
import { alive } from "../../src/process/identity.ts";
import { marked } from "../../src/process/members.ts";
import { stopTree } from "../../src/process/stop.ts";
import { until } from "../process/scratch.ts";
import { makeRoom, type Room, walled } from "./room.ts";

setDefaultTimeout(30_000);
let room: Room;
beforeAll(async () => {
  room = await makeRoom();
});
afterAll(() => room.remove());
const tipOf = (ref: string) => room.git(room.repo, "rev-parse", ref);

walled("commit, stash, rebase and gc work inside, and come home", async () => {
  const before = await tipOf("rally/42-x");
  const { runDir, name, log, code } = await room.inside(`set -e
    cat >/dev/null
    echo 1 >one; git add one; git commit -qm "one"
    echo 2 >>a.txt; git stash -q; git stash pop -q; git commit -qam "two"
    git branch side HEAD~1; git switch -q side; echo s >side; git add side; git commit -qm side
    git switch -q rally/42-x; git rebase -q side
    git gc -q --prune=now; git worktree prune; git fsck --no-dangling
    git log --format='%an %s'; git status --porcelain`);
  expect([log, code]).toEqual(["Ana two\nAna side\nAna one\nAna first\n", 0]);
  const home = await room.bringHome(runDir, name);
  expect(home).toMatchObject({
    moved: true,
    unfinished: null,
    staged: "kept",
    head: await tipOf("rally/42-x"),
  });
  expect(await room.git(room.repo, "log", "--format=%s", `${before}..rally/42-x`)).toBe("two\nside\none");
  expect(await room.status()).toBe("");
  await room.git(room.repo, "fsck", "--strict", "--no-dangling");
  expect(await room.git(room.worktree, "reflog", "-1", "--format=%gs", "rally/42-x")).toBe(
    "commit: work of a run",
  );
  expect(await room.bringHome(runDir, name)).toEqual(home);
});

walled("what is staged, changed, deleted or in conflict looks the same outside", async () => {
  const { runDir, name, log } = await room.inside(`
    echo staged >staged; git add staged; echo more >>staged; echo loose >loose; git rm -q one
    git add -N intended 2>/dev/null; git status --porcelain >"$HOME/.agent/status"
    git switch -qc other; git switch -q rally/42-x`);
  const status = readFileSync(join(room.home, ".agent/status"), "utf8");
  expect(log).toBe("");
  expect(status).toBe("D  one\nAM staged\n?? loose\n");
  expect((await room.bringHome(runDir, name)).moved).toBe(false);
  expect(await room.status()).toBe(status);
  expect(await room.git(room.worktree, "show", ":staged")).toBe("staged");
  await room.git(room.worktree, "stash", "-qu");
});

walled("an unfinished merge leaves its conflict, and is told", async () => {
  const { runDir, name } = await room.inside(`
    git switch -qc left; echo left >a.txt; git commit -qam left; git switch -q rally/42-x
    echo right >a.txt; git commit -qam right; git merge -q left`);
  const home = await room.bringHome(runDir, name);
  expect([home.unfinished, home.moved, home.kept.map((each) => each.was)]).toEqual([
    "merge",
    true,
    ["refs/heads/left"],
  ]);
  expect(await room.status()).toBe("UU a.txt\n");
  expect(await room.git(room.repo, "log", "-1", "--format=%s", home.kept[0]?.ref ?? "")).toBe("left");
  await room.git(room.worktree, "reset", "-q", "--hard");
});

walled(
  "stashes and other branches are kept, and work on another branch ahead of ours counts as ours",
  async () => {
    const { runDir, name } = await room.inside(`
    echo a >>a.txt; git stash -qm older; echo b >>a.txt; git stash -qm newer
    git switch -qc feature; echo f >f; git add f; git commit -qm "on feature"`);
    const home = await room.bringHome(runDir, name);
    expect(await room.git(room.repo, "log", "-1", "--format=%s", "rally/42-x")).toBe("on feature");
    const messages = await Promise.all(
      home.kept.map(({ commit }) => room.git(room.repo, "log", "-1", "--format=%s", commit)),
    );
    expect(messages).toEqual(["On rally/42-x: newer", "On rally/42-x: older"]);
    expect(await room.status()).toBe("");
  },
);

walled("a branch that was moved outside meanwhile is not touched, and nothing is lost", async () => {
  const { runDir, name } = await room.inside("echo m >m; git add m; git commit -qm mine");
  const was = await tipOf("rally/42-x");
  await room.git(room.repo, "update-ref", "refs/heads/rally/42-x", `${was}~1`);
  await expect(room.bringHome(runDir, name)).rejects.toMatchObject({ code: "conflict" });
  expect(await tipOf("rally/42-x")).toBe(await tipOf(`${was}~1`));
  expect(await room.git(room.repo, "log", "-1", "--format=%s", `refs/rally/archive/7/${name}/head`)).toBe(
    "mine",
  );
  await room.git(room.repo, "update-ref", "refs/heads/rally/42-x", was);
  expect((await room.bringHome(runDir, name)).moved).toBe(true);
  expect(await room.status()).toBe("");
});

walled("damaged objects are refused, the branch stays and the cell is kept", async () => {
  const before = await tipOf("rally/42-x");
  const { runDir, name } = await room.inside(`
    echo d >d; git add d; git commit -qm damaged; f=$(git rev-parse HEAD^{tree} | sed 's,^..,&/,')
    chmod u+w "${room.commonDir}/objects/$f"; echo junk >"${room.commonDir}/objects/$f"`);
  await expect(room.bringHome(runDir, name)).rejects.toMatchObject({ code: "git" });
  expect(await tipOf("rally/42-x")).toBe(before);
  expect(existsSync(join(runDir, "git/objects"))).toBe(true);
  await room.git(room.repo, "fsck", "--no-dangling");
  await room.git(room.worktree, "reset", "-q", "--hard");
});

walled("a run that is stopped while its walls go up leaves nothing", async () => {
  for (let round = 0; round < 6; round += 1) {
    const it = await room.prepare("exec sleep 60");
    const started = await spawnDetached(it.spawn);
    await Bun.sleep(round);
    expect((await stopTree({ ...started, marker: it.marker, graceMs: 1_000 })).left).toEqual([]);
    expect([137, 143]).toContain(Number(readExit(it.runDir)));
    expect(marked(it.marker)).toEqual([]);
  }
});

walled("TERM reaches the agent inside, which ends by its own code; what it left dies with it", async () => {
  const it = await room.prepare(`trap 'echo asked; exit 9' TERM
    env -i setsid sh -c 'echo $$ >"$0/left"; while :; do sleep 1; done' "$HOME/.agent" &
    echo up >"$HOME/.agent/up"; while :; do sleep 0.02; done`);
  const started = await spawnDetached(it.spawn);
  await until(
    "it is up",
    () => existsSync(join(room.home, ".agent/left")) && existsSync(join(room.home, ".agent/up")),
  );
  const stopped = await stopTree({ ...started, marker: it.marker, graceMs: 5_000 });
  expect(it.log()).toEndWith("asked\n");
  expect([readExit(it.runDir), stopped.left]).toEqual([9, []]);
  expect([marked(it.marker), alive(started.identity)]).toEqual([[], "dead"]);
});

walled("an agent may outlive the wrapper that started it, to save its session", async () => {
  const saves = "trap 'sleep 0.5; echo saved; exit 0' TERM; echo up; while :; do sleep 0.02; done";
  const it = await room.prepare(`setsid sh -c ${JSON.stringify(saves)} & exec sleep 300`);
  const started = await spawnDetached(it.spawn);
  await until("it is up", () => it.log().includes("up"));
  const stopped = await stopTree({ ...started, marker: it.marker, graceMs: 10_000 });
  expect(it.log()).toContain("saved");
  expect([readExit(it.runDir), stopped]).toEqual([143, { killed: [], left: [] }]);
});

walled(
  "a process left behind inside dies when the agent ends, and all when the wrapper is killed",
  async () => {
    const ended = await (async () => {
      const it = await room.prepare("setsid sleep 300 & echo left; exit 4");
      return { ...it, ...(await spawnDetached(it.spawn)) };
    })();
    await until("the end", () => alive(ended.identity) === "dead");
    expect(readExit(ended.runDir)).toBe(4);
    await until("nothing is left", () => marked(ended.marker).length === 0);
    const other = await room.prepare("setsid sleep 300 & sleep 300");
    const started = await spawnDetached(other.spawn);
    await until("it is up", () => marked(other.marker).length >= 5);
    process.kill(started.pid, "SIGKILL");
    await until("nothing is left", () => marked(other.marker).length === 0);
  },
);

walled(
  "the agent reads its prompt, writes its inbox and its own state, and its build finds its caches",
  async () => {
    room.put(".npm/_cacache/x", "cached\n");
    const { runDir, log, code } = await room.inside(`cat
    cat ~/.npm/_cacache/x; echo new >~/.npm/_cacache/y; echo state >~/.agent/s; echo t >/tmp/t; cat /tmp/t; pwd`);
    expect([log, code]).toEqual([`the prompt\ncached\nt\n${room.worktree}\n`, 0]);
    const told = await room.inside(
      `echo "stage coding" >>${room.rallyHome}/runs/${Number(runDir.split("/").pop()) + 1}/inbox`,
    );
    expect(readFileSync(join(told.runDir, "inbox"), "utf8")).toBe("stage coding\n");
    expect(readFileSync(join(room.home, ".npm/_cacache/y"), "utf8")).toBe("new\n");
  },
);

walled("an agent's state that is not there yet is made, and is there again the next time", async () => {
  for (const show of ["masked", "hidden"] as const) {
    const state = [`.new-${show}`, `.new-${show}.json`];
    const script = `cat ~/${state[1]} ~/${state[0]}/s 2>/dev/null; echo '{"a":1}' >~/${state[1]}; echo kept >~/${state[0]}/s`;
    expect((await room.inside(script, { show, state })).log).toBe("{}\n");
    expect((await room.inside(script, { show, state })).log).toBe('{"a":1}\nkept\n');
  }
});

walled("a hidden home holds the agent's state and the programs on PATH, and nothing else", async () => {
  room.put("notes.txt", "private");
  room.put("bin/tool", "#!/bin/sh\necho tool\n");
  await room.git(room.home, "init", "-q", join(room.home, "scrap"));
  const env = { ...room.env, PATH: `${room.home}/bin:${room.env.PATH}` };
  const { log } = await room.inside(
    'ls -A ~; sh ~/bin/tool; git commit -q --allow-empty -m "in an empty home"; echo $?',
    {
      show: "hidden",
      env,
    },
  );
  expect(log).toBe(".agent\nbin\ncode\nrally\ntool\n0\n");
});

walled("without network nothing is reached, not even this machine", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("reached") });
  const script = `exec 3<>/dev/tcp/127.0.0.1/${server.port} && echo open`;
  const ask = `bash -c '${script}' 2>/dev/null || echo closed`;
  expect((await room.inside(ask)).log).toBe("open\n");
  expect((await room.inside(ask, { network: false })).log).toBe("closed\n");
  await server.stop(true);
});

walled("a cell can be made again until the agent has started, and not after", async () => {
  const it = await room.prepare("true");
  const where = { runDir: it.runDir, branch: "rally/42-x" };
  const request = { ...room, ...where, mode: "work", timeoutMs: 20_000 } as const;
  const { makeCell } = await import("../../src/git/cell.ts");
  expect((await makeCell(request)).tip).toBe(it.cell.tip);
  writeFileSync(join(it.runDir, "pid"), "");
  await expect(makeCell(request)).rejects.toMatchObject({ code: "conflict" });
});
