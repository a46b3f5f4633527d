import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Checks, PrState } from "../domain/words.ts";
import { dispatches } from "./schema.ts";

/** What was observed, each with the time at which it was observed. */

export const gitFacts = sqliteTable("git_facts", {
  dispatchId: integer("dispatch_id")
    .primaryKey()
    .references(() => dispatches.id, { onDelete: "cascade" }),
  asOf: integer("as_of").notNull(),
  worktreeExists: integer("worktree_exists", { mode: "boolean" }).notNull(),
  branchExists: integer("branch_exists", { mode: "boolean" }).notNull(),
  branchNow: text("branch_now"),
  head: text(),
  commits: integer().notNull(),
  files: integer().notNull(),
  insertions: integer().notNull(),
  deletions: integer().notNull(),
  dirty: integer({ mode: "boolean" }).notNull(),
  untracked: integer().notNull(),
  unpushed: integer().notNull(),
  pushed: integer().notNull(),
  inBase: integer("in_base", { mode: "boolean" }).notNull(),
  /** mtime and size of the index, so that a tick need not ask git again. */
  indexStamp: text("index_stamp"),
});

export const prFacts = sqliteTable("pr_facts", {
  dispatchId: integer("dispatch_id")
    .primaryKey()
    .references(() => dispatches.id, { onDelete: "cascade" }),
  asOf: integer("as_of").notNull(),
  number: integer().notNull(),
  url: text().notNull(),
  state: text().$type<PrState>().notNull(),
  draft: integer({ mode: "boolean" }).notNull(),
  head: text().notNull(),
  checks: text().$type<Checks>().notNull(),
  conflict: integer({ mode: "boolean" }).notNull(),
  changesRequested: integer("changes_requested", { mode: "boolean" }).notNull(),
  since: integer().notNull(),
});

export const targetFacts = sqliteTable("target_facts", {
  dispatchId: integer("dispatch_id")
    .primaryKey()
    .references(() => dispatches.id, { onDelete: "cascade" }),
  asOf: integer("as_of").notNull(),
  state: text().$type<"open" | "closed" | "merged">().notNull(),
  head: text(),
  reviewedHead: text("reviewed_head"),
  since: integer().notNull(),
});

/** What is listed apart: worktrees under our root without a record, ours or others'. */
export const strays = sqliteTable("strays", {
  worktree: text().primaryKey(),
  projectId: integer("project_id").notNull(),
  orphan: integer({ mode: "boolean" }).notNull(),
  branch: text(),
  dirty: integer({ mode: "boolean" }).notNull(),
  unpushed: integer().notNull(),
  why: text(),
  asOf: integer("as_of").notNull(),
});
