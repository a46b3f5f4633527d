import { type Door, passing } from "./boundary.ts";
import { Problem } from "./domain/problem.ts";
import { onPath } from "./process/path.ts";

export type RunOptions = {
  readonly cwd: string;
  /** The whole environment of the child; nothing is inherited. `PATH` also finds the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Without it the child reads nothing: an open pipe makes some programs wait for ever. */
  readonly stdin?: string | Uint8Array | { readonly file: string };
  readonly timeoutMs: number;
  /** Of stdout and of stderr, each; what is beyond is read and dropped, so that the child never blocks. */
  readonly maxBytes: number;
  /** The boundary it passes; a read passes none. */
  readonly door?: { readonly door: Door; readonly name: string };
};

export type RunResult<Out = string> = {
  /** 128 + n where signal n ended it, as a shell counts; null where it is not known. */
  readonly code: number | null;
  readonly stdout: Out;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly truncated: boolean;
};

/**
 * Runs a program to its end in a process group of its own. A timeout stops the whole group (TERM, then KILL) and is
 * reported, not thrown; neither is an exit code other than 0. Throws `missing` where there is no such program or folder.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const result = await runBytes(argv, options);
  return { ...result, stdout: new TextDecoder().decode(result.stdout) };
}

/** `run` for output that is not text, or that is cut at NUL. */
export async function runBytes(argv: readonly string[], options: RunOptions): Promise<RunResult<Uint8Array>> {
  const { door } = options;
  if (door === undefined) return execute(argv, options);
  return passing(door.door, door.name, () => execute(argv, options));
}

/** Asks every program that `run` still waits for to end: for the way out on Ctrl-C, as they are in groups of their own. */
export function stopChildren(): void {
  for (const pid of children) signalGroup(pid, "SIGTERM");
}

const children = new Set<number>();
const KILL_AFTER_MS = 1_000;
/** A process that left the group may hold the pipes for ever; what it says after this is not waited for. */
const DRAIN_MS = 1_000;

async function execute(argv: readonly string[], options: RunOptions): Promise<RunResult<Uint8Array>> {
  const child = start(argv, options);
  children.add(child.pid);
  const out = collect(child.stdout, options.maxBytes);
  const err = collect(child.stderr, options.maxBytes);
  let timedOut = false;
  const timers: Timer[] = [
    setTimeout(() => {
      timedOut = true;
      signalGroup(child.pid, "SIGTERM");
      timers.push(setTimeout(() => signalGroup(child.pid, "SIGKILL"), KILL_AFTER_MS));
    }, options.timeoutMs),
  ];
  try {
    await child.exited;
    if (timedOut) signalGroup(child.pid, "SIGKILL");
    timers.push(setTimeout(() => [out, err].map((pipe) => pipe.stop()), DRAIN_MS));
    await Promise.all([out.done, err.done]);
  } finally {
    timers.map(clearTimeout);
    children.delete(child.pid);
  }
  return {
    code: child.exitCode ?? signalCode(child.signalCode),
    stdout: out.bytes(),
    stderr: new TextDecoder().decode(err.bytes()),
    timedOut,
    truncated: out.truncated() || err.truncated(),
  };
}

function start(argv: readonly string[], options: RunOptions) {
  const [program = "", ...rest] = argv;
  const found = onPath(program, options.env.PATH ?? "");
  if (found === null) throw new Problem("missing", `There is no program ${program} on the PATH.`);
  try {
    return Bun.spawn([found, ...rest], {
      cwd: options.cwd,
      env: { ...options.env, PWD: options.cwd },
      stdin: input(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  } catch (cause) {
    throw new Problem("missing", `${program} cannot be started in ${options.cwd}.`, { cause });
  }
}

function input(stdin: RunOptions["stdin"]) {
  if (stdin === undefined) return "ignore";
  if (typeof stdin === "string") return new TextEncoder().encode(stdin);
  return "file" in stdin ? Bun.file(stdin.file) : stdin;
}

function collect(stream: ReadableStream<Uint8Array>, maxBytes: number) {
  const parts: Uint8Array[] = [];
  const reader = stream.getReader();
  let size = 0;
  let cut = false;
  const pump = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const part = value.subarray(0, maxBytes - size);
      cut ||= part.length < value.length;
      size += part.length;
      if (part.length > 0) parts.push(part);
    }
  };
  return {
    done: pump(),
    stop: () => void reader.cancel(),
    truncated: () => cut,
    bytes: () => Buffer.concat(parts),
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already, which is what was wanted.
  }
}

function signalCode(signal: NodeJS.Signals | number | null): number | null {
  if (typeof signal === "number") return 128 + signal;
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  const number = signal === null ? undefined : numbers[signal];
  return number === undefined ? null : 128 + number;
}
