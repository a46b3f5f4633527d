import { eq } from "drizzle-orm";
import { Problem } from "../domain/problem.ts";
import type { By } from "./journal.ts";
import type { Store } from "./open.ts";
import { insertRow } from "./prepared.ts";
import { project } from "./read.ts";
import { record } from "./record.ts";
import type { ProjectRow } from "./rows.ts";
import { projects } from "./schema.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

type Columns = typeof projects.$inferInsert;
export type NewProject = Omit<Columns, "id" | "createdAt" | "slowAt" | "slowError" | "seenUntil">;
export type ProjectSet = Partial<Omit<Columns, "id" | "createdAt">>;

/** The same path is the same project: nothing is changed, and `added` is false. Journals `added`. */
export function addProject(
  store: Store,
  by: By,
  row: NewProject,
): { readonly id: number; readonly added: boolean } {
  return write(store, "add project", (tx) => {
    const known = statement<{ id: number }>(store, "SELECT id FROM projects WHERE path = ?").get(row.path);
    if (known) return { id: known.id, added: false };
    const id = insertRow(tx, projects, { ...row, createdAt: by.at });
    const data = { name: row.name, repo: row.repo ?? null, path: row.path };
    record(store, by, [{ layer: "project", event: "added", projectId: id, data }]);
    return { id, added: true };
  });
}

/**
 * Journals `changed` with the names of the columns that are other than they were, but for the slow tick's own cursor and times. Throws `missing`,
 * and `conflict` where another project has the new path.
 */
export function updateProject(store: Store, by: By, id: number, set: ProjectSet): void {
  write(store, "update project", (tx) => {
    const before = project(store, id);
    if (!before) throw noProject(id);
    const { path } = set;
    const other = path
      ? statement<{ id: number }>(store, "SELECT id FROM projects WHERE path = ? AND id <> ?").get(path, id)
      : null;
    if (other)
      throw new Problem("conflict", `${path} is project ${other.id} already.`, { hint: "rally projects" });
    const names = Object.keys(set);
    if (names.length === 0) return;
    tx.update(projects).set(set).where(eq(projects.id, id)).run();
    const was: Readonly<Record<string, unknown>> = before;
    const is: Readonly<Record<string, unknown>> = set;
    const changed = names.filter((name) => !CURSORS.includes(name) && is[name] !== was[name]);
    if (changed.length > 0)
      record(store, by, [{ layer: "project", event: "changed", projectId: id, data: { changed } }]);
  });
}

/** Gives the row that was removed. Throws `conflict` while it has dispatches. Journals `removed`. */
export function removeProject(store: Store, by: By, id: number): ProjectRow {
  return write(store, "remove project", (tx) => {
    const row = project(store, id);
    if (!row) throw noProject(id);
    const ids = statement<{ id: number }>(store, "SELECT id FROM dispatches WHERE project_id = ? ORDER BY id")
      .all(id)
      .map((dispatch) => dispatch.id);
    if (ids.length > 0)
      throw new Problem(
        "conflict",
        `${row.name} still has ${ids.length} dispatches: ${ids.slice(0, 10).join(", ")}.`,
        {
          hint: `rally clean ${ids.slice(0, 10).join(" ")}`,
        },
      );
    statement(store, "DELETE FROM strays WHERE project_id = ?").run(id);
    tx.delete(projects).where(eq(projects.id, id)).run();
    const data = { name: row.name, repo: row.repo, path: row.path };
    record(store, by, [{ layer: "project", event: "removed", projectId: id, data }]);
    return row;
  });
}

const CURSORS: readonly string[] = ["seenUntil", "slowAt", "slowError"];

function noProject(id: number): Problem {
  return new Problem("missing", `There is no project ${id}.`, { hint: "rally projects" });
}
