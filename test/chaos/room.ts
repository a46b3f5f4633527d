import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headsBelow } from "../../src/git/here.ts";
import { createState, fileState } from "../../src/github/memory/file.ts";
import { type People, people } from "../../src/github/memory/people.ts";
import { addRepo, emptyState } from "../../src/github/memory/state.ts";
import { run as runProgram } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { type Seat, sitDown } from "./seat.ts";

export const REPO = "acme/app";
/** Kills a program that hangs; nothing here takes a tenth of it. */
const TIMEOUT_MS = 60_000;

export type Said = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A machine of its own: a home, a checkout with a bare origin, an embedded GitHub, agents without a model. */
export type Room = {
  readonly root: string;
  readonly rallyHome: string;
  readonly app: string;
  readonly origin: string;
  readonly tmp: string;
  readonly hub: string;
  readonly people: People;
  readonly env: Readonly<Record<string, string>>;
  /** One `rally` process, from typing to its end. */
  rally(
    words: readonly string[],
    env?: Readonly<Record<string, string>>,
    killAfterMs?: number | null,
  ): Promise<Said>;
  /** The same on a terminal, which stays open behind it, as a person's does, until `restore` or `remove`. */
  seated: Room["rally"];
  git(cwd: string, ...args: string[]): Promise<string>;
  /** Lets the agents named `gate` go on. */
  open(): void;
  /** Keeps everything as it is now; `restore` lays it out again. Only while nothing of it lives. */
  keep(): void;
  restore(): void;
  remove(): void;
};

export async function makeRoom(config: string = "ask_wait_seconds: 0\n"): Promise<Room> {
  const above = realpathSync(mkdtempSync(join(tmpdir(), "rally-chaos-")));
  const [root, kept] = [join(above, "room"), join(above, "kept")];
  const at = (...parts: string[]) => join(root, ...parts);
  for (const name of ["bin", "tmp", "rally", "hub/git/acme"]) mkdirSync(at(name), { recursive: true });
  const env = {
    PATH: `${at("bin")}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    ...{ HOME: root, USER: "ana", TMPDIR: at("tmp"), RALLY_HOME: at("rally"), LC_ALL: "C.UTF-8" },
    ...{ GITHUB_API_URL: `memory:${at("hub")}`, RALLY_SCRIPTED_PACE: "0", NO_COLOR: "1" },
  };
  const exec = (argv: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}) =>
    runProgram(argv, { cwd, env: { ...env, ...more }, timeoutMs: TIMEOUT_MS, maxBytes: 10_000_000 });
  const git = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await exec(["git", ...args], cwd);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const [app, origin, hub] = [at("app"), at("hub/git/acme/app.git"), at("hub")];
  furnish(root, config);
  await git(root, "init", "-q", "--bare", origin);
  await git(root, "clone", "-q", `https://github.com/${REPO}.git`, app);
  writeFileSync(join(app, "README.md"), "# App\n");
  writeFileSync(join(app, ".gitignore"), "*.ignored\n");
  await git(app, "add", ".");
  await git(app, "commit", "-qm", "first");
  await git(app, "push", "-q", "origin", "HEAD:main");
  await git(app, "remote", "set-head", "origin", "main");
  const hands = await populate(hub);
  const seats: Seat[] = [];
  return {
    ...{ root, app, origin, hub, env, git, people: hands },
    rallyHome: at("rally"),
    tmp: at("tmp"),
    rally: (words, more = {}, killAfterMs = null) =>
      killAfterMs === null
        ? exec([...program(), ...words], app, more)
        : cut([...program(), ...words], app, { ...env, ...more }, killAfterMs),
    seated: async (words, more = {}, killAfterMs = null) => {
      const seat = sitDown([...program(), ...words], app, { ...env, ...more });
      seats.push(seat);
      return seat.said(killAfterMs);
    },
    open: () => writeFileSync(at("gate-open"), ""),
    keep: () => copy(root, kept),
    restore: () => {
      for (const seat of seats.splice(0)) seat.leave();
      copy(kept, root);
    },
    remove: () => {
      for (const seat of seats.splice(0)) seat.leave();
      rmSync(above, { recursive: true, force: true });
    },
  };
}

/** Killed at that moment, whatever it is doing; what it has started lives on. */
async function cut(
  argv: readonly string[],
  cwd: string,
  env: Record<string, string>,
  afterMs: number,
): Promise<Said> {
  const child = Bun.spawn([...argv], { cwd, env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  await child.exited;
  clearTimeout(timer);
  return { code: child.signalCode === "SIGKILL" ? 137 : child.exitCode, stdout: "", stderr: "" };
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

async function populate(hub: string): Promise<People> {
  const state = emptyState("ana");
  addRepo(state, { name: REPO });
  await createState(hub, state);
  const hands = people(fileState(hub), { now: Date.now, headOf: headsBelow(join(hub, "git")) });
  for (const title of ["Fix login", "Add a dark mode", "Retry uploads"])
    await hands.openIssue(REPO, { title });
  return hands;
}

function furnish(root: string, config: string): void {
  const at = (...parts: string[]) => join(root, ...parts);
  writeFileSync(
    at(".gitconfig"),
    `[user]\n\tname = Ana\n\temail = ana@example.org\n[init]\n\tdefaultBranch = main\n\ttemplateDir =\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[url "${at("hub/git")}/"]\n\tinsteadOf = https://github.com/\n`,
  );
  writeFileSync(
    at("rally/config.yaml"),
    `${CONFIG}${config}agents:\n  gate:\n    command: ${at("bin/gate")}\n    args: ["{session}"]\n`,
  );
  program_(at("bin/gate"), gate(at("gate-open")));
  program_(
    at("bin/notify-send"),
    `#!/bin/sh\nprintf '%s\\n' "$(printf %s "$4" | tr '\\n' ' ')" >>${at("told")}\n`,
  );
}

const CONFIG = `ask_trust: never
sandbox: {kind: none}
limits: {stop_grace_seconds: 2, log_quiet_seconds: 1}
heartbeat: {autostart: false, fast_seconds: 1, slow_seconds: 5, lease_seconds: 5}
`;

/** An agent that waits for a person to open the gate, and then takes a note. */
function gate(open: string): string {
  return `#!/bin/sh
echo '{"type":"start"}'
cat >/dev/null
while [ ! -e ${open} ]; do sleep 0.02; done
echo "- gone through" >>GATE.md
git add GATE.md && git commit -qm "Go through the gate" || exit 1
`;
}

function program_(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

export function isOpen(room: Room): boolean {
  return existsSync(join(room.root, "gate-open"));
}
