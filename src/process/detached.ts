import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { passing } from "../boundary.ts";
import { Problem } from "../domain/problem.ts";
import { bootId, type Identity, pidNamespace } from "./identity.ts";
import { onPath } from "./path.ts";
import { readPlain } from "./plain.ts";
import { parseStat } from "./table.ts";

export type DetachedOptions = {
  /** The run's own folder, absolute: `prompt` is read from it; `log`, `pid` and `exit` are written into it. */
  readonly runDir: string;
  /** The flat folder that is watched, absolute; `name` is dropped into it when the run has ended. */
  readonly endedDir: string;
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the agent. */
  readonly env: Readonly<Record<string, string>>;
};

export type Detached = { readonly pid: number; readonly identity: Identity };

/**
 * Starts an agent that outlives whoever started it: in a session of its own, stdin from `runDir/prompt`, all output
 * appended to `runDir/log`. When it returns, `runDir/pid` holds the identity of the wrapper around the agent, whose
 * pid is also its process group; the exit code will be in `runDir/exit`. Throws `conflict` where the run has been
 * started already (nothing is executed then), `missing` without program, prompt or working directory, and `other` where
 * `pid` cannot be written.
 */
export async function spawnDetached(options: DetachedOptions): Promise<Detached> {
  const { runDir } = options;
  mkdirSync(options.endedDir, { recursive: true, mode: 0o700 });
  const log = openLog(runDir);
  try {
    return await passing("spawn", "agent", async () => {
      const child = launch(options, "prompt", { stdin: "ignore", stdout: log, stderr: log, detached: true });
      child.unref();
      return started(options, child);
    });
  } finally {
    closeSync(log);
  }
}

/**
 * The same on this terminal, with a person at it: in the foreground, nothing is logged, `exited` gives the code.
 * The caller must not die of Ctrl-C meanwhile, which belongs to the agent.
 */
export async function spawnHere(
  options: DetachedOptions,
): Promise<Detached & { readonly exited: Promise<number> }> {
  mkdirSync(options.endedDir, { recursive: true, mode: 0o700 });
  return passing("spawn", "attached", async () => {
    const child = launch(options, "terminal", { stdin: "inherit", stdout: "inherit", stderr: "inherit" });
    return { ...(await started(options, child)), exited: child.exited };
  });
}

/** Who runs (or ran) in this folder, as the wrapper recorded it; null where no start has been recorded. */
export function readStart(runDir: string): Identity | null {
  const lines = readPlain(join(runDir, "pid"))?.split("\n") ?? [];
  const [stat = "", boot, ns] = lines;
  if (boot === undefined || ns === undefined || lines.length < 4) return null;
  const row = parseStat(stat);
  return row === null ? null : { pid: row.pid, start: row.start, boot, ns };
}

/** The recorded exit code; null while there is none (live, or killed together with its wrapper). */
export function readExit(runDir: string): number | null {
  const text = readPlain(join(runDir, "exit"));
  return text !== null && /^\d+\n$/.test(text) ? Number(text) : null;
}

/** Beside what an agent may return: the wrapper could not do its own part. 126 and 127: the agent could not be executed. */
const WRAPPER_FAILED = 125;

/**
 * `pid` is created exclusively before the agent is executed: exactly one start. The traps keep the wrapper alive to
 * record the code of an agent that was asked to end; `exit` appears whole, by rename, and only then the name.
 * Its variables begin with `_`, because one that is in the environment would be passed on.
 * macOS has no `/proc`: its line is made up in the same shape, with the start time in the place of the ticks.
 */
const WRAPPER = `
_run=$0 _ended=$1 _boot=$2 _ns=$3 _input=$4
shift 4
trap : TERM INT HUP QUIT
if [ -r /proc/$$/stat ]; then read -r _stat </proc/$$/stat
else _stat="$$ (sh) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 $(echo $(LC_ALL=C TZ=UTC ps -o lstart= -p $$) | tr ' ' _)"; fi
_mask=$(umask) || _mask=022
umask 077; set -C
printf '' 2>/dev/null >"$_run/pid" || exit ${WRAPPER_FAILED}
set +C; umask "$_mask"
printf '%s\\n' "$_stat" "$_boot" "$_ns" >"$_run/pid" || { rm -f "$_run/pid"; exit ${WRAPPER_FAILED}; }
if [ "$_input" = terminal ]; then "$@"; _code=$?
elif [ -r "$_run/prompt" ]; then "$@" <"$_run/prompt"; _code=$?
else _code=${WRAPPER_FAILED}; fi
trap '' TERM INT HUP QUIT
umask 077
echo "$_code" >"$_run/exit.tmp" && mv -f "$_run/exit.tmp" "$_run/exit" && printf '' >"$_ended"
exit "$_code"
`;

type Stdio = {
  readonly stdin: "ignore" | "inherit";
  readonly stdout: number | "inherit";
  readonly stderr: number | "inherit";
  readonly detached?: boolean;
};

function launch(options: DetachedOptions, input: "prompt" | "terminal", stdio: Stdio) {
  const { runDir, cwd } = options;
  const [program = "", ...args] = options.argv;
  const found = onPath(program, options.env.PATH ?? "");
  if (found === null) throw new Problem("missing", `There is no program ${program} on the PATH.`);
  const fixed = [runDir, join(options.endedDir, options.name), bootId(), pidNamespace(), input];
  try {
    return Bun.spawn(["/bin/sh", "-c", WRAPPER, ...fixed, found, ...args], {
      ...stdio,
      cwd,
      env: { ...options.env, PWD: cwd },
    });
  } catch (cause) {
    throw new Problem("missing", `The agent cannot be started in ${cwd}.`, { cause });
  }
}

async function started(options: DetachedOptions, child: Bun.Subprocess): Promise<Detached> {
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += POLL_MS) {
    const identity = readStart(options.runDir);
    if (identity?.pid === child.pid) return { pid: child.pid, identity };
    if (identity !== null) throw new Problem("conflict", `Run ${options.name} has been started already.`);
    if (child.exitCode !== null) break;
    await Bun.sleep(POLL_MS);
  }
  const last = readStart(options.runDir);
  if (last?.pid === child.pid) return { pid: child.pid, identity: last };
  if (last !== null) throw new Problem("conflict", `Run ${options.name} has been started already.`);
  throw new Problem("other", `The start of run ${options.name} could not be recorded in ${options.runDir}.`);
}

const START_MS = 10_000;
const POLL_MS = 1;

function openLog(runDir: string): number {
  if (readPlain(join(runDir, "prompt")) === null) {
    throw new Problem("missing", `There is no prompt for the agent in ${runDir}.`);
  }
  try {
    return openSync(join(runDir, "log"), "a", 0o600);
  } catch (cause) {
    throw new Problem("other", `The log in ${runDir} cannot be written.`, { cause });
  }
}
