import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { HELD, makeRoom, type Room, SECRET, walled } from "./room.ts";

setDefaultTimeout(30_000);
let room: Room;
beforeAll(async () => {
  room = await makeRoom();
});
afterAll(() => room.remove());

/** The same command by several ways that walk around a list of denied names. */
function tricks(command: string): string[] {
  const quoted = `'${command.replaceAll("'", `'"'"'`)}'`;
  return [
    command,
    `bash -c ${quoted}`,
    `env sh -c ${quoted}`,
    `printf '%s\\n' ${quoted} >"$HOME/.agent/script" && sh "$HOME/.agent/script"`,
    `echo ${quoted} | base64 | base64 -d | sh`,
    command.replace(/^git /, `$(command -v git) -C . `),
    `/usr/bin/python3 -c 'import subprocess, sys; subprocess.call(["sh", "-c", sys.argv[1]])' ${quoted}`,
    `setsid -w nohup sh -c ${quoted}`,
  ];
}

/** Everything that no run may change: contents, links and modes, but for what the walls leave open. */
function fingerprint(): Map<string, string> {
  const open = [room.worktree, `${room.home}/.agent`, `${room.rallyHome}/runs`];
  const seen = new Map<string, string>();
  const walk = (path: string) => {
    if (open.includes(path)) return;
    const stat = lstatSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
    const what = stat.isFile()
      ? readFileSync(path, "latin1")
      : stat.isSymbolicLink()
        ? readlinkSync(path)
        : "";
    seen.set(path, `${stat.mode} ${what}`);
  };
  walk(room.root);
  return seen;
}

async function attempt(commands: readonly string[]) {
  const before = fingerprint();
  const result = await room.inside(
    commands
      .flatMap(tricks)
      .map((each) => `( ${each} ) </dev/null`)
      .join("\n"),
  );
  expect(fingerprint()).toEqual(before);
  return result;
}

const readAll = () => HELD.map((path) => `cat "${room.home}/${path}"`).join("; ");

walled("no secret of the home is read", async () => {
  const { log } = await attempt([readAll()]);
  expect(log).not.toContain(SECRET);
  const more = await room.inside(
    `grep -rs ${SECRET} "${room.root}" /proc/[0-9]*/environ 2>/dev/null; ls -A ~/.ssh; echo end`,
  );
  expect(more.log).toBe("end\n");
});

walled("no secret of the home is read by a detour", async () => {
  const [key, login] = [`${room.home}/.ssh/id_ed25519`, `${room.home}/.netrc`];
  const { log } = await attempt([
    `ln -sf "${key}" l; cat l; ln -f "${login}" h; cat h`,
    `cat "/proc/self/root${key}" "/proc/1/root${key}" "/proc/$PPID/cwd/../../../../.netrc"`,
    `git hash-object -w "${login}" | git cat-file --batch; git diff --no-index /dev/null "${key}"`,
    `tar cf - "${room.home}" 2>/dev/null; find "${room.home}" -type f -exec cat {} + 2>/dev/null`,
    `cp -r "${room.home}/.ssh" .; cat .ssh/*; git config --list --show-origin -f "${room.home}/.gitconfig"`,
    `git -c include.path="${login}" config --list; sh "${key}"; . "${login}"`,
    `cd "${room.rallyHome}" && cat config.yaml rally.db runs/*/log`,
  ]);
  expect(log).not.toContain(SECRET);
});

test("without walls the same commands do read the secrets and do push", async () => {
  const { run } = await import("../../src/process.ts");
  const script = [readAll(), `git push -q "${room.origin}" HEAD:refs/heads/proof`].join("\n");
  const { stdout } = await run(["sh", "-c", script], {
    cwd: room.worktree,
    env: room.env,
    timeoutMs: 20_000,
    maxBytes: 100_000,
  });
  expect(stdout.split(SECRET).length - 1).toBe(HELD.length);
  expect(await room.git(room.origin, "for-each-ref", "--format=%(refname)")).toContain("refs/heads/proof");
});

walled("nothing is pushed", async () => {
  await attempt([
    "git push origin HEAD:main",
    `git push "${room.origin}" HEAD:refs/heads/pushed`,
    `git push "file://${room.origin}" HEAD:refs/heads/pushed`,
    `git --git-dir="${room.origin}" update-ref refs/heads/pushed HEAD`,
    `cp -r "${room.commonDir}/objects/." "${room.origin}/objects/"`,
    `git send-pack "${room.origin}" HEAD:refs/heads/pushed`,
  ]);
});

walled("nothing outside is written", async () => {
  const targets = [
    ...[`${room.repo}/a.txt`, `${room.repo}/new`, `${room.repo}/.worktrees/rally-43/a.txt`],
    ...[`${room.home}/.bashrc`, `${room.home}/.ssh/authorized_keys`, `${room.home}/.config/git/config`],
    ...[`${room.home}/code/other`, `${room.root}/new`, `${room.rallyHome}/rally.db`, "/etc/rally-was-here"],
    ...[
      "/usr/bin/rally-was-here",
      "/var/tmp/rally-was-here",
      "/dev/shm/rally-was-here",
      "/run/rally-was-here",
    ],
  ];
  await attempt(targets.map((path) => `echo x >>"${path}"; rm -f "${path}"; ln -sf /etc/passwd "${path}"`));
  for (const path of targets.filter((each) => each.endsWith("rally-was-here"))) {
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  }
});

walled("the run's own record cannot be forged", async () => {
  const it = await room.prepare("true");
  const script = `for f in exit pid log git.json git.home.json walls/empty; do
    mkdir -p "${it.runDir}/walls"; echo 0 >"${it.runDir}/$f"; done; exit 5`;
  const { runDir, code } = await room.inside(
    script.replaceAll(it.runDir, `${room.rallyHome}/runs/${Number(it.name) + 1}`),
  );
  expect([code, readFileSync(join(runDir, "exit"), "utf8")]).toEqual([5, "5\n"]);
  expect(readFileSync(join(runDir, "walls/empty"), "utf8")).toBe("");
  expect(readdirSync(runDir)).not.toContain("git.home.json");
});

walled("the repository's settings, hooks, objects and refs stay as they are", async () => {
  const git = room.commonDir;
  const { runDir, name } = await attempt([
    "git config core.fsmonitor /tmp/evil",
    "git config --global core.fsmonitor /tmp/evil",
    `git -C "${room.repo}" config core.hooksPath /tmp/evil`,
    `mkdir -p "${git}/hooks"; echo evil >"${git}/hooks/post-checkout"`,
    `echo evil >>"${git}/config"; echo evil >>"${git}/info/exclude"`,
    `echo evil >"${git}/objects.repository/evil"; rm -rf "${git}/objects.repository/pack"`,
    `chmod -R u+w "${git}/objects.repository"; rm -rf "${git}/objects.repository/"*`,
    "git update-ref refs/heads/main HEAD~0; git branch -f rally/43-y HEAD; git branch -D main",
    "git update-ref refs/remotes/origin/main $(git commit-tree -m evil HEAD^{tree})",
    `git worktree add -f "${room.repo}/.worktrees/rally-44" HEAD; git worktree remove -f "${room.repo}/.worktrees/rally-43"`,
  ]);
  const before = fingerprint();
  const { kept } = await room.bringHome(runDir, name);
  expect(kept.map((each) => each.was)).toEqual(["refs/remotes/origin/main"]);
  const changed = [...fingerprint()]
    .filter(([path, what]) => before.get(path) !== what)
    .map(([path]) => path);
  const expected = /\/\.git\/(objects\/|refs\/rally\/|logs\/refs\/rally\/|worktrees\/rally-42\/index$)/;
  expect(changed.filter((path) => !expected.test(path) && !lstatSync(path).isDirectory())).toEqual([]);
});

walled("mounts, namespaces and the system's switches are out of reach", async () => {
  const { log } = await attempt([
    "mount -o remount,rw / && echo GOT",
    `umount "${room.commonDir}" && echo GOT; umount -l "${room.home}/.ssh" && echo GOT`,
    "mount -t tmpfs none /mnt && echo GOT",
    "unshare -Ur true && echo GOT; unshare -m true && echo GOT; unshare -n true && echo GOT",
    "bwrap --bind / / true && echo GOT; nsenter -t 1 -m true && echo GOT; chroot / true && echo GOT",
    "mknod /tmp/disk b 8 0 && echo GOT",
    "cat /proc/sys/kernel/core_pattern >/tmp/p && cat /tmp/p >/proc/sys/kernel/core_pattern && echo GOT",
    "echo h >/proc/sysrq-trigger && echo GOT; echo 1 >/sys/fs/cgroup/cgroup.procs && echo GOT",
    "grep -E '^Cap(Eff|Prm|Inh|Bnd|Amb):.*[1-9a-f]' /proc/self/status && echo GOT",
    "cat /etc/shadow | grep . && echo GOT; ls /run/docker.sock /run/user 2>/dev/null && echo GOT",
    "grep NoNewPrivs:.0 /proc/self/status && echo GOT",
  ]);
  expect(log.split("\n").filter((line) => line === "GOT")).toEqual([]);
});

walled("processes outside are neither seen, signalled nor traced", async () => {
  const outside = Bun.spawn(["sleep", "60"]);
  const trace = `import ctypes; print("GOT" if ctypes.CDLL(None).ptrace(16, ${outside.pid}, 0, 0) == 0 else "no")`;
  const { log } = await attempt([
    `kill -9 ${outside.pid} && echo GOT; kill -0 ${process.pid} && echo GOT`,
    `cat /proc/${process.pid}/environ >/dev/null && echo GOT; ls /proc/${outside.pid}/root && echo GOT`,
    "kill -9 -1; true",
    `/usr/bin/python3 -c '${trace}'`,
  ]);
  expect(log.split("\n").filter((line) => line === "GOT")).toEqual([]);
  expect(outside.exitCode).toBeNull();
  outside.kill("SIGKILL");
  await outside.exited;
});
