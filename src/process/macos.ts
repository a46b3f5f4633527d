import type { Row } from "./table.ts";

/** What `/proc` tells on Linux, asked of `ps` and `sysctl`. A pid namespace does not exist here. */
export function macTable(pid?: number): Row[] {
  const which = pid === undefined ? ["-ax"] : ["-p", String(pid)];
  const lines = ask("ps", [...which, "-ww", "-o", "pid=,ppid=,pgid=,sess=,stat=,lstart="]).split("\n");
  return lines.flatMap((line) => {
    const [own, parent, group, session, state, ...start] = line.trim().split(/\s+/);
    if (state === undefined || start.length < 5) return [];
    const numbers = { parent: Number(parent), group: Number(group), session: Number(session) };
    return [{ pid: Number(own), ...numbers, state: state.slice(0, 1), start: start.slice(0, 5).join("_") }];
  });
}

/**
 * Command line and, of the user's own processes, the environment after it, in one text with spaces between. Of the
 * system's own programs (`/bin/sleep`) it says no environment: those are found by their group and their parent alone.
 */
export function macCommand(pid: number, withEnvironment: boolean): string {
  return ask("ps", [...(withEnvironment ? ["-E"] : []), "-ww", "-p", String(pid), "-o", "command="]).trim();
}

export function macBoot(): string {
  return ask("sysctl", ["-n", "kern.bootsessionuuid"]).trim();
}

function ask(program: string, args: readonly string[]): string {
  const env = { PATH: "/bin:/usr/bin:/sbin:/usr/sbin", LC_ALL: "C", TZ: "UTC" };
  const result = Bun.spawnSync([program, ...args], { env, stdin: "ignore", timeout: 5_000 });
  return result.stdout.toString();
}
