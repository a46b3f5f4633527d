import { closeSync, existsSync, mkdirSync, openSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import type { Mode, SandboxKind } from "../domain/words.ts";
import { changing } from "../files.ts";
import { RUN_FOLDER } from "./policy.ts";
import { type Bubblewrap, NAMESPACES, wallsHint } from "./walls/detect.ts";
import { programFolders } from "./walls/hidden.ts";
import { LINGER } from "./walls/linger.ts";
import { ancestors, inOrder, isBelow, type Mount } from "./walls/mounts.ts";
import { CACHES, SECRETS, SYSTEM_SECRETS } from "./walls/secrets.ts";

/** Something from outside that is seen inside, absolute; a cell gives such, too. */
export type Bind = { readonly from: string; readonly to: string; readonly writable: boolean };

export type WallRequest = {
  /** What stands inside: the agent's argv, and the whole environment it gets. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Put in front of it, inside. */
  readonly inFront?: readonly string[];
  /** Also the working directory. Writable, its `.git` file apart; under `read-only` nothing of it but `.rally/run`. */
  readonly worktree: string;
  readonly mode: Mode;
  /** The checkout that the worktree belongs to: to be read. */
  readonly repository: string;
  /** The person's home, and Rally's own, of which nothing is seen but `binds`. */
  readonly home: string;
  readonly rallyHome: string;
  readonly show: "masked" | "hidden";
  /** Paths below `home`: what the agent writes to. What is not there is made: folders, and files (`.json`) that hold `{}`. */
  readonly state: readonly string[];
  /** Absolute paths that the configuration opens beyond that. */
  readonly writable: readonly string[];
  /** The cell, the run's inbox, the agent's folder, the `rally` shim: of this run. */
  readonly binds: readonly Bind[];
  readonly network: boolean;
  /** A person sits at it: job control and resizing need the terminal's session where the kernel makes that safe. */
  readonly terminal: boolean;
  /** A folder of the run's own that is not seen inside; an empty file is put there to cover other files with. */
  readonly scratch: string;
};

/**
 * A launch with the walls of safety.md (point 3) around it: capabilities gone, namespaces of its own, system and home
 * to be read with secrets covered, the worktree and `binds` writable. The wrapper of process/detached.ts goes around
 * this. The environment travels as bubblewrap's own, because an argv can be read by everyone on the machine.
 * Throws `config` where a path that the configuration opens would open Rally's home or all of the person's.
 */
export function wall(
  bwrap: Bubblewrap,
  request: WallRequest,
): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const empty = join(request.scratch, "empty");
  changing(empty, () => {
    mkdirSync(request.scratch, { recursive: true, mode: 0o700 });
    if (!existsSync(empty)) closeSync(openSync(empty, "a", 0o400));
    makeState(request.state.map((path) => join(request.home, path)));
  });
  const mounts = inOrder([
    ...systemMounts(),
    ...keptPrograms(request),
    ...homeMounts(request),
    ...opened(request),
    { at: request.rallyHome, how: "nothing" },
    { at: request.repository, how: "read" },
    ...worktreeMounts(request),
    ...request.binds.map(({ from, to, writable }) => asMount(from, to, writable)),
  ]);
  const keepSession = request.terminal && bwrap.terminalIsSafe;
  return {
    argv: [
      bwrap.program,
      ...NAMESPACES,
      ...(request.network ? [] : ["--unshare-net"]),
      ...(keepSession ? [] : ["--new-session"]),
      ...["--ro-bind", "/", "/", "--dev", "/dev"],
      // Root's uid alone may write the kernel's settings there, capabilities or not.
      ...["--proc", "/proc", "--remount-ro", "/proc"],
      ...mounts.flatMap((mount) => mountArgs(mount, empty)),
      ...["--chdir", request.worktree, "--", ...LINGER, ...(request.inFront ?? []), ...request.argv],
    ],
    env: request.env,
  };
}

/**
 * What `sandbox` and `--sandbox` mean on this machine: the bubblewrap to use, or null for none with, under `auto`,
 * the reason to warn of. Throws `refused` under `bwrap` where it does not work.
 */
export function chooseWalls(
  kind: SandboxKind,
  detected: Bubblewrap | { readonly why: string },
): { readonly bwrap: Bubblewrap | null; readonly warning: string | null } {
  if (kind === "none") return { bwrap: null, warning: null };
  if (!("why" in detected)) return { bwrap: detected, warning: null };
  if (kind === "bwrap") {
    throw new Problem("refused", `The sandbox cannot be used: ${detected.why}.`, {
      hint: `${wallsHint(process.platform)} Or say --sandbox none.`,
    });
  }
  return {
    bwrap: null,
    warning: `no sandbox (${detected.why}): an agent that looks for your credentials can find them`,
  };
}

function worktreeMounts({ worktree, mode }: WallRequest): Mount[] {
  if (mode !== "read-only")
    return [
      { at: worktree, how: "write" },
      { at: join(worktree, ".git"), how: "read" },
    ];
  return [
    { at: worktree, how: "read" },
    { at: join(worktree, RUN_FOLDER), how: "write" },
  ];
}

function systemMounts(): Mount[] {
  const covered: Mount[] = SYSTEM_SECRETS.map((at) => ({ at, how: "nothing" }));
  const kept: Mount[] = [
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/current-system",
    "/run/wrappers",
  ].map((at) => ({ at, how: "read" }));
  return [...covered, ...kept];
}

/** A program, or a whole home, may stand below a folder that is covered: it is still to be read. */
function keptPrograms({ argv, env, home, show }: WallRequest): Mount[] {
  const [program = ""] = argv;
  const programs = SYSTEM_SECRETS.flatMap((folder) => programFolders(program, env.PATH ?? "", folder));
  const homes = show === "masked" && SYSTEM_SECRETS.some((folder) => isBelow(home, folder)) ? [home] : [];
  return [...homes, ...programs].map((at) => ({ at, how: "read" }));
}

function homeMounts(request: WallRequest): Mount[] {
  const { home, state } = request;
  const below = (paths: readonly string[]) => paths.map((path) => join(home, path));
  const own: Mount[] = below(state).map((at) => ({ at, how: "write" }));
  if (request.show === "hidden") {
    const programs = programFolders(request.argv[0] ?? "", request.env.PATH ?? "", home);
    return [{ at: home, how: "nothing" }, ...programs.map((at): Mount => ({ at, how: "read" })), ...own];
  }
  const masks: Mount[] = below(SECRETS).map((at) => ({ at, how: "nothing" }));
  return [...masks, ...below(CACHES).map((at): Mount => ({ at, how: "write" })), ...own];
}

/**
 * An agent makes its state at its first start; behind walls it cannot make what stands in the home itself. So it is made
 * here as the agent would: a file that is never kept is missed by it at every start but the first.
 */
function makeState(paths: readonly string[]): void {
  for (const path of paths) {
    if (existsSync(path)) continue;
    if (path.endsWith(".json")) makeFile(path);
    else mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

function makeFile(path: string): void {
  try {
    writeFileSync(path, "{}\n", { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Another run has made it meanwhile, or it is a link to what is gone.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function opened(request: WallRequest): Mount[] {
  const closed = [request.home, request.rallyHome].map(real);
  return request.writable.map((at) => {
    const path = real(at);
    const opens = closed.find((each) => each === path || isBelow(each, path));
    if (opens === undefined) return { at, how: "write" };
    throw new Problem("config", `${at} would open ${opens} to the agent (sandbox.writable).`, {
      hint: "Name the folders in it that the agent needs.",
    });
  });
}

function asMount(from: string, at: string, writable: boolean): Mount {
  return { at, from, how: writable ? "write" : "read" };
}

function mountArgs(mount: Mount, empty: string): readonly string[] {
  const { at, how, from = at } = mount;
  if (how === "read") return ["--ro-bind", from, at];
  if (how === "write") return ["--bind", from, at];
  return mount.isFile === true ? ["--ro-bind", empty, at] : ["--perms", "0700", "--tmpfs", at];
}

function real(path: string): string {
  const there = ancestors(path).find(existsSync) ?? dirname(path);
  return join(realpathSync(there), path.slice(there.length));
}
