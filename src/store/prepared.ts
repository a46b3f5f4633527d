import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { dispatches, runs } from "./schema.ts";
import type { gitFacts, prFacts, targetFacts } from "./schema-facts.ts";
import type { Tx } from "./write.ts";

type Values = Record<string, unknown>;
type Prepared = { all(values: Values): unknown[] };

/**
 * Writes row by row with drizzle's column mapping and the speed of a prepared statement (3 µs instead of 30): one
 * statement is prepared for each connection, table and set of columns.
 */
export function updateRow<T extends typeof dispatches | typeof runs>(
  tx: Tx,
  table: T,
  where: { readonly id: number; readonly version?: number },
  set: Partial<T["$inferInsert"]>,
): boolean {
  const values = defined(set);
  const names = Object.keys(values);
  if (names.length === 0) return true;
  const guarded = where.version !== undefined;
  const statement = once(tx, table, `update ${guarded} ${names.join()}`, () => {
    const byId = eq(table.id, sql.placeholder("where_id"));
    const byVersion = guarded ? eq(table.version, sql.placeholder("where_version")) : undefined;
    const update = tx.update(table as SQLiteTable).set(placeholders(table, names));
    return update.where(and(byId, byVersion)).returning({ id: table.id }).prepare();
  });
  const found = statement.all({ ...values, where_id: where.id, where_version: where.version });
  return found.length === 1;
}

/** The new row's id. */
export function insertRow<T extends SQLiteTable>(tx: Tx, table: T, row: T["$inferInsert"]): number {
  const values = defined(row);
  const names = Object.keys(values);
  const statement = once(tx, table, `insert ${names.join()}`, () => {
    const insert = tx.insert(table as SQLiteTable).values(placeholders(table, names));
    return insert.returning({ id: sql<number>`rowid` }).prepare();
  });
  const [inserted] = statement.all(values) as { id: number }[];
  if (!inserted) throw new Error("An insert gave no row back.");
  return inserted.id;
}

/** Inserts the row of facts of a dispatch, or replaces the one that is there. */
export function upsertFacts<T extends typeof gitFacts | typeof prFacts | typeof targetFacts>(
  tx: Tx,
  table: T,
  row: T["$inferInsert"],
): void {
  const values = defined(row);
  const names = Object.keys(values);
  const statement = once(tx, table, `upsert ${names.join()}`, () => {
    const columns = getTableColumns(table as SQLiteTable);
    const set = Object.fromEntries(
      names.map((name) => [name, sql`excluded.${sql.identifier(columns[name]?.name ?? name)}`]),
    );
    const insert = tx.insert(table as SQLiteTable).values(placeholders(table, names));
    return insert
      .onConflictDoUpdate({ target: table.dispatchId, set })
      .returning({ id: sql<number>`rowid` })
      .prepare();
  });
  statement.all(values);
}

const cache = new WeakMap<Tx, WeakMap<SQLiteTable, Map<string, Prepared>>>();

function once(tx: Tx, table: SQLiteTable, key: string, prepare: () => Prepared): Prepared {
  const tables = cache.get(tx) ?? new WeakMap<SQLiteTable, Map<string, Prepared>>();
  cache.set(tx, tables);
  const statements = tables.get(table) ?? new Map<string, Prepared>();
  tables.set(table, statements);
  const found = statements.get(key) ?? prepare();
  statements.set(key, found);
  return found;
}

function placeholders(table: SQLiteTable, names: readonly string[]): Record<string, SQL> {
  const columns = getTableColumns(table);
  return Object.fromEntries(
    names.map((name) => {
      const column = columns[name];
      if (!column) throw new Error(`There is no column "${name}".`);
      return [name, sql`${sql.param(sql.placeholder(name), column)}`];
    }),
  );
}

function defined(values: object): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
