import { detectBwrap, wallsHint } from "../agents/walls/detect.ts";
import type { Config } from "../config.ts";
import { onPath } from "../process/path.ts";
import { run } from "../process.ts";
import { bad, type Check, ok, type Patient, warn } from "./doctor-check.ts";

const GIT_AT_LEAST = "2.39.0";
const BUN_AT_LEAST = "1.4.4";
const VERSION_MS = 3_000;

/** The programs that Rally stands on. */
export async function checkMachine({ config }: Patient): Promise<readonly Check[]> {
  return [
    checkBun(),
    await checkGit(config),
    checkPath(config),
    checkNotifications(config),
    await checkSandbox(config),
  ];
}

function checkBun(): Check {
  if (isAtLeast(Bun.version, BUN_AT_LEAST)) return ok("bun", Bun.version);
  return warn("bun", `${Bun.version} is older than ${BUN_AT_LEAST}.`, "bun upgrade");
}

async function checkGit(config: Config): Promise<Check> {
  const { env } = config;
  const program = onPath("git", env.path);
  if (program === null) return bad("git", "There is no git on the PATH.", "Install git, 2.39 or newer.");
  const version = await versionOf(program, env);
  if (version === null) return bad("git", `${program} does not say its version.`, "git --version");
  if (isAtLeast(version, GIT_AT_LEAST)) return ok("git", `${version} (${program})`);
  return warn(
    "git",
    `${version} is older than ${GIT_AT_LEAST}: worktrees may not work.`,
    "Install a newer git.",
  );
}

function checkPath(config: Config): Check {
  const found = onPath("rally", config.env.path);
  if (found) return ok("rally", found);
  return warn(
    "rally",
    "There is no rally on the PATH.",
    "bun link, in Rally's own folder; or copy the binary there.",
  );
}

function checkNotifications({ notify, env }: Config): Check {
  if (notify === "none") return ok("notifications", "off (notify: none)");
  const found = onPath("notify-send", env.path) ?? onPath("osascript", env.path);
  if (found) return ok("notifications", `by ${found}`);
  return warn(
    "notifications",
    "There is neither notify-send nor osascript: only a terminal that runs rally up is told.",
    "Install libnotify (apt install libnotify-bin), or rally config set notify none",
  );
}

async function checkSandbox({ sandbox, env }: Config): Promise<Check> {
  const found = await detectBwrap(env.path);
  const open = "Without a sandbox an agent that looks for your credentials can find them.";
  if (sandbox.kind === "none")
    return warn("sandbox", `Off (sandbox.kind: none). ${open}`, "rally config set sandbox.kind auto");
  if (!("why" in found)) {
    const inside = `home ${sandbox.home}, network ${sandbox.network ? "on" : "off"}`;
    return ok("sandbox", `${found.version} (${found.program}), ${inside}`);
  }
  const hint = wallsHint(process.platform);
  if (sandbox.kind === "bwrap") return bad("sandbox", `Asked for, but ${found.why}.`, hint);
  return warn("sandbox", `None: ${found.why}. ${open}`, hint);
}

/** What a program answers to `--version`, its number alone; null where it does not answer within three seconds. */
export async function versionOf(program: string, env: Config["env"]): Promise<string | null> {
  const limits = { cwd: "/", env: env.all, timeoutMs: VERSION_MS, maxBytes: 64 * 1024 };
  const result = await run([program, "--version"], limits);
  if (result.code !== 0 || result.timedOut) return null;
  return /\d+\.\d+(\.\d+)?[\w.+-]*/.exec(result.stdout)?.[0]?.replace(/[.]$/, "") ?? null;
}

function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [have, want] = [numbers(version), numbers(least)];
  const differs = want.findIndex((number, index) => (have[index] ?? 0) !== number);
  return differs < 0 || (have[differs] ?? 0) > (want[differs] ?? 0);
}
