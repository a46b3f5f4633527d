import { existsSync } from "node:fs";
import { Problem } from "../domain/problem.ts";
import { type RepoAt, repoAt } from "../git/admin.ts";
import { lsRemote } from "../git/remote.ts";
import { ignoredConfig } from "../git/repo.ts";
import { projects } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { bad, type Check, guarded, ok, type Patient, storeOf, warn } from "./doctor-check.ts";
import { titleOf } from "./find.ts";

const REMOTE_SECONDS = 5;

/** Each project: its checkout, its remote, and what the last look at GitHub said. */
export async function checkProjects(patient: Patient): Promise<readonly Check[]> {
  const store = storeOf(patient);
  const rows = store ? projects(store) : [];
  const each = await Promise.all(
    rows.map((row) =>
      guarded(`project ${titleOf(row)}`, async () => [
        await checkProject(row),
        ...(await checkSettings(row)),
      ]),
    ),
  );
  return each.flat();
}

/** Programs that a repository names are not run; who relies on one is told why it seems to do nothing. */
async function checkSettings(row: ProjectRow): Promise<readonly Check[]> {
  if (!existsSync(row.path)) return [];
  const ignored = await ignoredConfig(await repoAt(row.path));
  if (ignored.length === 0) return [];
  return [
    warn(
      `settings of ${titleOf(row)}`,
      `Its own git configuration names programs that Rally does not run: ${ignored.join(", ")}.`,
      "git config --global <key> <value>, for those that you trust",
    ),
  ];
}

async function checkProject(row: ProjectRow): Promise<Check> {
  const name = `project ${titleOf(row)}`;
  if (!existsSync(row.path))
    return bad(name, `Its checkout ${row.path} is gone.`, `rally offboard ${titleOf(row)}, or bring it back`);
  const repo = await repoAt(row.path);
  const trouble = await remoteTrouble(repo, row);
  if (trouble) return warn(name, `${row.path}: ${trouble.message}`, trouble.hint);
  if (row.slowError) return warn(name, `${row.path}: the last look said: ${row.slowError}`, "rally refresh");
  return ok(
    name,
    row.remote === null ? `${row.path} (without a remote)` : `${row.path}; ${row.remote} answers`,
  );
}

/** Offline is no fault of the project's. */
async function remoteTrouble(repo: RepoAt, row: ProjectRow): Promise<Problem | null> {
  if (row.remote === null) return null;
  try {
    await lsRemote(repo, row.remote, ["HEAD"], REMOTE_SECONDS);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
