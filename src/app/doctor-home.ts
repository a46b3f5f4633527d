import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { bad, type Check, ok, type Patient, warn } from "./doctor-check.ts";

const SPACE_LEAST_MB = 100;
const SPACE_GOOD_MB = 1_000;

/** Rally's own folder and its settings. */
export async function checkHome({ config }: Patient): Promise<readonly Check[]> {
  const { home, problem, path } = config;
  const settings = problem
    ? bad("config", problem.message, problem.hint)
    : ok("config", existsSync(path) ? path : `${path} (not there: all defaults)`);
  const stat = statSync(home, { throwIfNoEntry: false });
  if (!stat) return [ok("home", `${home} (made by the first command that needs it)`), space(home), settings];
  if (!stat.isDirectory())
    return [
      bad("home", `${home} is no folder.`, "Move it away, or choose another home with RALLY_HOME."),
      settings,
    ];
  return [folder(home, stat.mode), space(home), settings, ok("log", join(home, "rally.log"))];
}

function folder(home: string, mode: number): Check {
  if (!isWritable(home))
    return bad(
      "home",
      `${home} cannot be written.`,
      "Make it writable, or choose another home with RALLY_HOME.",
    );
  const rights = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o077) === 0) return ok("home", `${home} (${rights})`);
  return warn("home", `${home} can be entered by others (${rights}).`, `chmod 700 ${home}`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function space(home: string): Check {
  const { bavail, bsize } = statfsSync(nearest(home));
  const mb = Math.floor((bavail * bsize) / 1_000_000);
  const says = `${mb >= 10_000 ? `${Math.floor(mb / 1000)} GB` : `${mb} MB`} free`;
  if (mb < SPACE_LEAST_MB) return bad("space", `Only ${says}.`, "rally clean, or free some elsewhere");
  return mb < SPACE_GOOD_MB ? warn("space", `Only ${says}.`, "rally clean") : ok("space", says);
}

/** The folder itself, or the nearest one above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
