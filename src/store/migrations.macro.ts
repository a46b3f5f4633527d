import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Migration = { readonly name: string; readonly hash: string; readonly sql: string };

/**
 * All migrations in their order, read when the module that asks for them is built, so that a compiled binary carries
 * them. Their order is drizzle-kit's journal; their identity is the hash of their text.
 */
export function migrations(): Migration[] {
  const folder = join(import.meta.dir, "../../migrations");
  const journal = JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8")) as {
    entries: { tag: string }[];
  };
  return journal.entries.map(({ tag }) => {
    const sql = readFileSync(join(folder, `${tag}.sql`), "utf8");
    return { name: tag, hash: createHash("sha256").update(sql).digest("hex"), sql };
  });
}
