import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import type { StrayRow } from "./read.ts";
import { strays } from "./schema-facts.ts";
import { statement } from "./statements.ts";
import { write } from "./write.ts";

export type Stray = Omit<StrayRow, "projectId" | "asOf">;

/** All worktrees without a record that were found of a project: they replace what was found before. */
export function recordStrays(store: Store, projectId: number, rows: readonly Stray[], at: Time): void {
  write(store, "strays", (tx) => {
    statement(store, "DELETE FROM strays WHERE project_id = ?").run(projectId);
    for (const row of rows) {
      const found = { ...row, projectId, asOf: at };
      tx.insert(strays).values(found).onConflictDoUpdate({ target: strays.worktree, set: found }).run();
    }
  });
}
