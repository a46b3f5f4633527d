import { readFileSync } from "node:fs";
import { onPath } from "../../process/path.ts";
import { run } from "../../process.ts";

export type Bubblewrap = {
  readonly program: string;
  readonly version: string;
  /** The kernel refuses to put keystrokes into a terminal for others (TIOCSTI). */
  readonly terminalIsSafe: boolean;
};

/**
 * The bubblewrap of this machine, tried with all that the walls need, because it may be there and namespaces
 * forbidden; else why not, as the end of a sentence. Asked once a process and path; it does not fail.
 */
export function detectBwrap(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Bubblewrap | { readonly why: string }> {
  if (platform !== "linux") return Promise.resolve({ why: NOT_HERE });
  const known = tried.get(path) ?? detect(path).catch(whyNot);
  tried.set(path, known);
  return known;
}

const NOT_HERE = "bubblewrap is for Linux, and there is no other wall";

/** What a person can do about walls that are not there, on this kind of machine. */
export function wallsHint(platform: NodeJS.Platform): string {
  if (platform === "linux") return "Install bubblewrap 0.8 or newer, and let people make user namespaces.";
  return "Run Rally in a Linux virtual machine or container, or dispatch what you would trust with your login.";
}

/** As root, bubblewrap alone keeps every capability; a user namespace of its own would give them back. */
export const NAMESPACES: readonly string[] = [
  "--unshare-user",
  "--disable-userns",
  "--unshare-pid",
  "--unshare-ipc",
  "--unshare-uts",
  "--unshare-cgroup-try",
  "--cap-drop",
  "ALL",
  "--die-with-parent",
];

const tried = new Map<string, ReturnType<typeof detect>>();

/** A program that cannot be run is none. */
function whyNot(error: unknown): { readonly why: string } {
  return { why: (error instanceof Error ? error.message : String(error)).replace(/\.$/, "") };
}

async function detect(path: string): Promise<Bubblewrap | { readonly why: string }> {
  const program = onPath("bwrap", path);
  if (program === null) return { why: "bubblewrap is not installed" };
  const limits = { cwd: "/", env: { PATH: path, LC_ALL: "C" }, timeoutMs: 5_000, maxBytes: 4_000 };
  const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];
  const [version, result] = await Promise.all([
    run([program, "--version"], limits),
    run([program, ...NAMESPACES, "--new-session", ...mounts, "--", onPath("true", path) ?? "true"], limits),
  ]);
  if (result.code === 0) {
    return { program, version: version.stdout.trim(), terminalIsSafe: terminalIsSafe() };
  }
  const reason = result.stderr.trim().split("\n")[0] ?? "";
  return { why: `${version.stdout.trim()} does not work here (${reason || "no reason given"})` };
}

function terminalIsSafe(): boolean {
  try {
    return readFileSync("/proc/sys/dev/tty/legacy_tiocsti", "utf8").trim() === "0";
  } catch {
    return false;
  }
}
