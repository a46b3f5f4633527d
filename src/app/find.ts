import { realpathSync } from "node:fs";
import { basename, sep } from "node:path";
import { textFlag } from "../domain/grammar-parsed.ts";
import { parseDispatchRef } from "../domain/grammar-refs.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { projects } from "../store/read.ts";
import type { ProjectRow } from "../store/rows.ts";
import { dispatchView, snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";

/** The dispatch that a person named: `7`, `#42`, `owner/repo#42`, `pr#12`. Throws `missing`, or `conflict` where it names several. */
export function findDispatch(world: World, call: Call, word: string): DispatchView {
  const ref = parseDispatchRef(word);
  if (ref.by === "id") {
    const view = dispatchView(world.store, ref.id);
    if (view) return view;
    throw new Problem("missing", `There is no dispatch ${ref.id}.`, { hint: "rally status --all" });
  }
  const wanted = textFlag(call.parsed, "project") ?? ref.project;
  const owner = wanted === null ? null : namedProject(projects(world.store), wanted);
  const found = snapshot(world.store).filter(
    (view) =>
      view.number === ref.number &&
      (ref.kind === null || view.kind === ref.kind) &&
      (owner === null || view.projectId === owner.id),
  );
  const [only, second] = found;
  if (only && !second) return only;
  if (only)
    throw new Problem(
      "conflict",
      `${word} names ${found.length} dispatches: ${found.map(nameOf).join(", ")}.`,
      {
        hint: `Name one by its number: rally ${call.parsed.command.name} ${only.id}`,
      },
    );
  throw new Problem("missing", `Nothing is dispatched for ${word}.`, {
    hint: `rally dispatch ${ref.number}, or rally status --all`,
  });
}

function nameOf(view: DispatchView): string {
  const what = view.kind === "pr" ? `pr#${view.number}` : `#${view.number}`;
  return `${view.id} (${view.repo ?? view.project} ${what})`;
}

/**
 * The project that a new target belongs to: the one that was named, else that of the current directory, else the only
 * one. Throws `missing` or `usage`, listing them.
 */
export async function findProject(world: World, call: Call): Promise<ProjectRow> {
  const all = projects(world.store);
  const wanted = textFlag(call.parsed, "project");
  if (wanted !== null) return namedProject(all, wanted);
  const here = projectOf(all, call.cwd);
  if (here) return here;
  const [only, second] = all;
  if (only && !second) return only;
  if (!only) throw new Problem("missing", "Rally knows no project yet.", { hint: "rally onboard ." });
  if (call.asker) {
    const [chosen] = await call.asker.pick(
      "Which project?",
      all.map((row) => ({ label: titleOf(row), value: row })),
      { many: false, instead: `--project ${titleOf(only)}` },
    );
    if (chosen) return chosen;
  }
  throw new Problem("usage", `Which project? ${all.map(titleOf).join(", ")}.`, {
    hint: `--project ${titleOf(only)}`,
  });
}

/** The project that `--project` names, for what else covers all of them. Throws as `namedProject`. */
export function onlyProject(world: World, call: Call): ProjectRow | null {
  const wanted = textFlag(call.parsed, "project");
  return wanted === null ? null : namedProject(projects(world.store), wanted);
}

/** By `owner/repo`, by path, or by its bare name where that is unique: never another owner's project of the same name. */
export function namedProject(all: readonly ProjectRow[], wanted: string): ProjectRow {
  const found = all.filter((row) => isNamed(row, wanted) || row.path === wanted);
  const [only, second] = found;
  if (only && !second) return only;
  if (only)
    throw new Problem(
      "conflict",
      `${wanted} names ${found.length} projects: ${found.map((row) => tellApart(row, found)).join(", ")}.`,
      {
        hint: `Name it in full, for instance ${tellApart(only, found)}`,
      },
    );
  throw new Problem("missing", `There is no project ${wanted}.`, {
    hint: "rally projects, or rally onboard <path>",
  });
}

/** By its full name, or by its path where that is shared, too. */
function tellApart(row: ProjectRow, among: readonly ProjectRow[]): string {
  const shared = among.filter((one) => one.repo?.toLowerCase() === row.repo?.toLowerCase()).length > 1;
  return row.repo === null || shared ? row.path : row.repo;
}

function isNamed(row: { readonly name: string; readonly repo: string | null }, wanted: string): boolean {
  const name = wanted.toLowerCase();
  return name.includes("/") ? row.repo?.toLowerCase() === name : row.name.toLowerCase() === name;
}

export function titleOf(row: ProjectRow): string {
  return row.repo ?? row.name;
}

/** The project whose checkout (or a worktree of it) this directory is in; the innermost, where they nest. */
function projectOf(all: readonly ProjectRow[], cwd: string): ProjectRow | null {
  const here = real(cwd);
  const around = all.filter((row) => here === row.path || here.startsWith(row.path + sep));
  return around.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** The project of an address: the same repository on the same host. */
export function projectOfRepo(all: readonly ProjectRow[], repo: string, host: string | null): ProjectRow {
  const found = all.filter(
    (row) =>
      row.repo?.toLowerCase() === repo.toLowerCase() && (host === null || row.host.toLowerCase() === host),
  );
  const [only, second] = found;
  if (only && !second) return only;
  if (only)
    throw new Problem(
      "conflict",
      `${repo} is ${found.length} projects: ${found.map((row) => row.path).join(", ")}.`,
      {
        hint: `--project ${only.path}`,
      },
    );
  throw new Problem("missing", `${repo} is no project of Rally's.`, { hint: `rally onboard ${repo}` });
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export function nameFor(path: string): string {
  return basename(path) || "project";
}
