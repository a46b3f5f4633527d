import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeRoom, type Room, SECRET, walled } from "./room.ts";

/** What an agent leaves behind so that a git of Rally's runs it, goes elsewhere, or believes it. */

setDefaultTimeout(30_000);
let room: Room;
beforeAll(async () => {
  room = await makeRoom();
});
beforeEach(() => room.reset());
afterAll(() => room.remove());

/** The agent's program, committed, which leaves a mark where it is run; `$E` is it, `$G` and `$A` the git dirs. */
const canary = () => join(room.root, "ran");
const evil = () => `set -u; E="$PWD/evil.sh"; G="${room.commonDir}"; A="${room.gitDir}"
  printf '#!/bin/sh\\ntouch "${canary()}"; cat\\n' >evil.sh; chmod +x evil.sh
  git add evil.sh; git commit -qm evil\n`;

async function afterwards(script: string) {
  const main = await room.git(room.repo, "rev-parse", "main");
  const config = readFileSync(join(room.commonDir, "config"), "utf8");
  const it = await room.inside(evil() + script);
  const home = await room.bringHome(it.runDir, it.name).catch((error: unknown) => error as Error);
  const status = await room.status();
  const seen = await room.git(room.worktree, "log", "-1", "--format=%s");
  expect(existsSync(canary())).toBe(false);
  expect(await room.git(room.repo, "rev-parse", "main")).toBe(main);
  expect(readFileSync(join(room.commonDir, "config"), "utf8")).toBe(config);
  return { ...it, home, status, seen };
}

const FINE = { moved: true };

walled("the .git file can be neither redirected, replaced nor removed", async () => {
  const link = readFileSync(join(room.worktree, ".git"), "utf8");
  const { home, status } = await afterwards(`
    git init -q nested; echo "gitdir: $PWD/nested/.git" >.git; mv .git .old; rm -f .git; ln -sf nested/.git .git
    mv nested/.git .git; cp -rf nested/.git .git; rm -rf nested`);
  expect(home).toMatchObject(FINE);
  expect(readFileSync(join(room.worktree, ".git"), "utf8")).toBe(link);
  expect(status).toBe("");
});

walled("settings, hooks, aliases and includes of the cell are not read", async () => {
  const { home, status, seen } = await afterwards(`
    git config core.fsmonitor "$E"; git config core.sshCommand "$E"; git config core.pager "$E"
    git config core.hooksPath "$PWD/hooks"; git config include.path "$PWD/more"; git config filter.evil.clean "$E"
    git config uploadpack.packObjectsHook "$E"; git config core.worktree /; git config extensions.worktreeConfig true
    git config --worktree core.fsmonitor "$E"; git config core.alternateRefsCommand "$E"
    mkdir -p hooks "$G/hooks"
    for h in post-index-change reference-transaction post-checkout pre-commit post-update; do
      cp "$E" "hooks/$h"; cp "$E" "$G/hooks/$h"; done
    printf '[core]\\n\\tfsmonitor = %s\\n' "$E" >more; echo "* filter=evil" >.gitattributes; rm -rf hooks more`);
  expect(home).toMatchObject(FINE);
  expect([status, seen]).toEqual(["?? .gitattributes\n", "evil"]);
});

walled("a rewritten commondir, gitdir, HEAD or alternates goes nowhere", async () => {
  const { home, seen } = await afterwards(`
    git init -q --bare other.git; echo "$PWD/other.git" >"$A/commondir"; echo "$PWD/other.git" >"$A/gitdir"
    echo "${room.origin}/objects" >"$G/objects/info/alternates"; echo "ref: refs/heads/main" >"$G/HEAD"
    rm -rf other.git`);
  expect(home).toMatchObject(FINE);
  expect(seen).toBe("evil");
});

walled("a commondir, gitdir or HEAD that is a link, a folder, gone or another's goes nowhere", async () => {
  const evilGit = `git init -q --bare other.git; git -C other.git config core.fsmonitor "$E"
    git -C other.git config core.bare false; mv other.git "$HOME/.agent/other.git"; O="$HOME/.agent/other.git"`;
  for (const trick of [
    `ln -sf "$O" "$A/commondir"`,
    `rm "$A/commondir"; mkdir "$A/commondir"; cp -r "$O"/* "$A/commondir"`,
    `rm -rf "$A/commondir" "$A/gitdir"`,
    `echo "../../../../../home/.agent/other.git" >"$A/commondir"; printf 'gitdir: %s' "$O" >"$A/gitdir"`,
    `cp "$O/config" "$G/config"; cp "$O/config" "$A/config.worktree"; cp "$O/config" "$G/config.global"`,
    `ln -sf "$O/HEAD" "$A/HEAD"; rm -rf "$G/refs"; ln -s "$O/refs" "$G/refs"`,
  ]) {
    const { home, status } = await afterwards(`${evilGit}; ${trick}`);
    expect([home instanceof Error ? (home as { code?: string }).code : "home", status]).toEqual([
      expect.stringMatching(/^(home|git|conflict|missing)$/),
      expect.any(String),
    ]);
    rmSync(join(room.home, ".agent/other.git"), { recursive: true, force: true });
    await room.reset();
  }
});

walled(
  "a nested repository with a monitor and a filter is not entered, as a folder or as a submodule",
  async () => {
    const { home } = await afterwards(`
    git init -q nested; cd nested; echo "* filter=evil" >.gitattributes; git add .; git commit -qm nested
    git config filter.evil.clean "$E"; git config filter.evil.process "$E"; git config core.fsmonitor "$E"; echo x >x
    cd ..; cp -r nested linked; git add linked; git commit -qm submodule; touch linked/x nested/.gitattributes`);
    expect(home).toMatchObject(FINE);
    // The trap is real: a git that enters submodules runs it.
    await room.git(room.worktree, "status");
    expect(existsSync(canary())).toBe(true);
    rmSync(canary());
  },
);

walled("links and pipes in the place of the cell's files are not followed", async () => {
  for (const script of [
    `rm -rf "$G/objects"; ln -s "${room.home}/.ssh" "$G/objects"`,
    `rm -rf "$G/refs" "$G/packed-refs"; ln -s "${room.home}/.ssh" "$G/refs"; mkfifo "$G/packed-refs"`,
    `rm "$A/HEAD"; mkfifo "$A/HEAD"`,
    `rm "$A/index"; ln -s "${room.home}/.ssh/id_ed25519" "$A/index"`,
    `rm -rf "$A"; ln -s / "$A"`,
    `mv "$G/objects/pack" "$G/p"; ln -s "$G/p" "$G/objects/pack"; chmod 0 "$G/objects" "$G/refs" "$G/p"`,
    `mkfifo "$G/objects/pack/pack-${"a".repeat(40)}.pack" "$G/objects/info/commit-graph"; ln -s / "$G/objects/ab"`,
  ]) {
    const { home } = await afterwards(script);
    expect(JSON.stringify([home, String(home)])).not.toContain(SECRET);
    expect(readFileSync(join(room.home, ".ssh/id_ed25519"), "utf8")).toBe(SECRET);
    await room.reset();
  }
});

walled("an index that is damaged, split or gone is made anew, and files are left alone", async () => {
  for (const script of ['echo junk >"$A/index"', "git update-index --split-index", 'rm "$A/index"']) {
    const { home, status } = await afterwards(`echo kept >>a.txt; ${script}`);
    expect([home, status]).toMatchObject([{ staged: "rebuilt" }, " M a.txt\n"]);
    expect(readFileSync(join(room.worktree, "a.txt"), "utf8")).toBe("one\nkept\n");
    await room.reset();
  }
});

walled("flags and caches in an index do not hide a change", async () => {
  const { home, status } = await afterwards(`
    git update-index --assume-unchanged a.txt; git update-index --skip-worktree .gitignore
    git update-index --untracked-cache; git status >/dev/null
    echo hidden >>a.txt; echo hidden >>.gitignore`);
  expect(home).toMatchObject({ ...FINE, staged: "kept" });
  expect(status).toBe(" M .gitignore\n M a.txt\n");
});

walled("an object under another's name is refused: the branch never holds what was not hashed", async () => {
  const before = await room.git(room.repo, "rev-parse", "rally/42-x");
  const { home } = await afterwards(`
    echo unique >unique; git add unique; git commit -qm unique; good=$(git rev-parse HEAD:unique); bad=$(echo other | git hash-object -w --stdin)
    f() { echo "$G/objects/$(echo "$1" | sed 's,^..,&/,')"; }; rm -f "$(f $good)"; cp "$(f $bad)" "$(f $good)"`);
  expect(home).toMatchObject({ code: "git" });
  expect(await room.git(room.repo, "rev-parse", "rally/42-x")).toBe(before);
  await room.git(room.repo, "fsck", "--strict", "--no-dangling");
});

walled("trees that would write into a git dir are refused", async () => {
  const { home } = await afterwards(`
    b=$(git hash-object -w evil.sh)
    t=$(printf '100755 blob %s\\tpost-checkout\\n' $b | git mktree); t=$(printf '040000 tree %s\\thooks\\n' $t | git mktree)
    t=$(printf '040000 tree %s\\t.git\\n' $t | git mktree); git update-ref HEAD $(git commit-tree -p HEAD -m dotgit $t)`);
  expect(home).toMatchObject({ code: "git" });
});

walled("names made for a command list do not become commands", async () => {
  const { home, name } = await afterwards(`
    sha=$(git commit-tree -m odd HEAD^{tree}); mkdir -p "$G/refs/heads/x"
    printf '%s\\n' "$sha" >"$G/refs/heads/x/$(printf 'y\\nupdate refs/heads/main %s\\n' $sha)"
    printf '%s refs/heads/a b\\n%s refs/heads/../../../evil\\n' $sha $sha >>"$G/packed-refs"`);
  expect(home).toMatchObject(FINE);
  const kept = await room.git(
    room.repo,
    "for-each-ref",
    "--format=%(refname)",
    `refs/rally/archive/7/${name}`,
  );
  expect(kept.split("/").slice(5).join("/")).toMatch(/^0-[A-Za-z0-9-]+$/);
});

walled("it can be killed at any step and done again", async () => {
  const steps = new Set<string>();
  for (let stop = 1; ; stop += 1) {
    const it = await room.inside(
      `${evil()} echo ${stop} >new; git add new; git commit -qm new; echo s${stop} >s; git add s`,
    );
    const keepUnder = `refs/rally/archive/7/${it.name}`;
    const request = { runDir: it.runDir, keepUnder, env: room.env, timeoutMs: 20_000 };
    const script = `const { armBoundaries } = await import("${SRC}/boundary.ts");
      const { bringHome } = await import("${SRC}/git/cell/home.ts"); let n = 0;
      armBoundaries((name) => { if (++n === ${stop}) { console.info(name); process.kill(process.pid, "SIGKILL"); } });
      await bringHome(${JSON.stringify(request)});`;
    const child = Bun.spawn([process.execPath, "-e", script], { env: room.env, stdout: "pipe" });
    steps.add((await new Response(child.stdout).text()).trim());
    await child.exited;
    // As if it had died between saying so and putting away what it needed for it.
    if (existsSync(join(it.runDir, "git.home.json")))
      mkdirSync(join(it.runDir, "git.clean/objects"), { recursive: true });
    expect(await room.bringHome(it.runDir, it.name)).toMatchObject({ ...FINE, kept: [], staged: "kept" });
    expect(existsSync(join(it.runDir, "git.clean"))).toBe(false);
    expect(await room.status()).toBe("A  s\n");
    await room.git(room.worktree, "commit", "-qm", "staged");
    await room.git(room.repo, "fsck", "--strict", "--no-dangling");
    if (child.signalCode !== "SIGKILL") break;
    await room.reset();
  }
  expect(steps.size).toBe(11);
});

const SRC = join(import.meta.dir, "../../src");
