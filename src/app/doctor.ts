import { resolve } from "node:path";
import { textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { backup } from "../store/check.ts";
import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import type { Call } from "./call.ts";
import { checkAgents } from "./doctor-agents.ts";
import { checkChat } from "./doctor-chat.ts";
import { type Check, guarded, ok, type Patient, storeOf } from "./doctor-check.ts";
import { checkDatabase } from "./doctor-database.ts";
import { checkEarlier } from "./doctor-earlier.ts";
import { checkGitHub } from "./doctor-github.ts";
import { checkHome } from "./doctor-home.ts";
import { checkMachine } from "./doctor-machine.ts";
import { checkProjects } from "./doctor-projects.ts";
import { checkRuns } from "./doctor-runs.ts";
import { type Line, type Reply, type Row, said, type Tone, tone } from "./reply.ts";

/** `rally doctor` where the database can be used; `examine` is for where it cannot. */
export async function doctor(world: World, call: Call): Promise<Reply> {
  const file = textFlag(call.parsed, "backup");
  return examine({ ...world, store: world.store, ask: null }, file === null ? null : resolve(call.cwd, file));
}

/** Looks at everything, side by side; exit 1 where something is bad. Changes nothing but for the copy it is asked for. */
export async function examine(patient: Patient, backupTo: string | null): Promise<Reply> {
  const copied = backupTo === null ? { checks: [], problems: [] } : copy(patient, backupTo);
  const looks = [
    guarded("machine", () => checkMachine(patient)),
    guarded("home", () => checkHome(patient)),
    guarded("database", () => checkDatabase(patient)),
    guarded("ends", () => checkRuns(patient)),
    guarded("earlier Rally", () => checkEarlier(patient)),
    guarded("agents", () => checkAgents(patient)),
    guarded("github", () => checkGitHub(patient)),
    guarded("chat", () => checkChat(patient)),
    guarded("projects", () => checkProjects(patient)),
  ];
  const checks = [...copied.checks, ...(await Promise.all(looks)).flat()];
  const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
  const isBad = count("bad") > 0;
  const rows = checks.flatMap(rowsOf);
  return said(
    [
      { table: { columns: [{}, {}, { min: 20, wrap: true }], rows } },
      "",
      summary(count("bad"), count("warn")),
    ],
    { ok: !isBad, checks },
    { exit: isBad ? 1 : 0, problems: copied.problems },
  );
}

function copy(patient: Patient, to: string): { checks: Check[]; problems: Problem[] } {
  try {
    const files = backup(storeOf(patient) ?? patient.config.home, to);
    return { checks: [ok("backup", files.join(", "))], problems: [] };
  } catch (error) {
    if (error instanceof Problem) return { checks: [], problems: [error] };
    throw error;
  }
}

const MARKS: Readonly<Record<Check["state"], { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: "✓", tone: "good" },
  warn: { mark: "!", tone: "warn" },
  bad: { mark: "✗", tone: "bad" },
};

function rowsOf(check: Check): Row[] {
  const { mark, tone: how } = MARKS[check.state];
  const row: Row = [[tone(mark, how)], check.name, check.says];
  return check.hint ? [row, { below: [tone(`→ ${check.hint}`, "accent")], indent: 2 }] : [row];
}

function summary(bad: number, warnings: number): Line {
  if (bad > 0) return [tone(`${plural(bad, "fault")}, ${plural(warnings, "warning")}.`, "bad")];
  return warnings > 0 ? `No faults; ${plural(warnings, "warning")}.` : [tone("All is well.", "good")];
}
