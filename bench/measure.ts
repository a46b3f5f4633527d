import { readFileSync } from "node:fs";

export type Command = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
};

/** `cpuMs` is what it worked, of all its threads: the same whatever else the machine does. */
export type Timed = { readonly ms: number; readonly cpuMs: number };

/** From the start of a process to its end. Throws where it does not end with 0. */
export function timed({ argv, cwd, env }: Command): Timed {
  const begun = performance.now();
  const done = Bun.spawnSync([...argv], { cwd, env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const ms = performance.now() - begun;
  if (done.exitCode !== 0) throw failed(argv, done.exitCode, done.stderr.toString());
  return { ms, cpuMs: Number(done.resourceUsage.cpuTime.total) / 1_000 };
}

/** The same without holding this process up, which may have to answer meanwhile; with what it printed. */
export async function ran({
  argv,
  cwd,
  env,
}: Command): Promise<{ readonly ms: number; readonly out: string }> {
  const begun = performance.now();
  const child = Bun.spawn([...argv], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw failed(argv, code, err);
  return { ms: performance.now() - begun, out };
}

/** One round after the other, and in each everyone in turn, so that a busy moment falls on all of them. */
export function inTurn<Name extends string>(
  rounds: number,
  each: Readonly<Record<Name, () => Timed>>,
): Record<Name, Timed[]> {
  const names = Object.keys(each) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, [] as Timed[]])) as Record<Name, Timed[]>;
  for (const name of names) each[name]();
  for (let round = 0; round < rounds; round += 1) for (const name of names) found[name].push(each[name]());
  return found;
}

const PEAK_TRIES = 3;

/**
 * The most memory that a process had resident, in MB (VmHWM, looked at until it ends; what a child reports of itself
 * would count its parent, too). Null where there is no /proc.
 */
export async function peakMb(command: Command, tries = PEAK_TRIES): Promise<number | null> {
  if (process.platform !== "linux") return null;
  let peak = 0;
  for (let n = 0; n < tries; n += 1) {
    const child = Bun.spawn([...command.argv], {
      cwd: command.cwd,
      env: command.env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    peak = Math.max(peak, await watchPeak(child));
  }
  return peak;
}

/** Looks at a running process until it ends. */
export async function watchPeak(child: { readonly pid: number; readonly exitCode: number | null }) {
  let peak = 0;
  while (child.exitCode === null) {
    peak = Math.max(peak, residentPeakMb(child.pid));
    await Bun.sleep(1);
  }
  return peak;
}

/** VmHWM of a process; 0 where it is gone. */
export function residentPeakMb(pid: number | "self"): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(found ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function failed(argv: readonly string[], code: number | null, err: string): Error {
  return new Error(`${argv.join(" ")} ended with ${code}: ${err.trim().split("\n").slice(-5).join("\n")}`);
}
