import type { dispatches, projects, runs } from "./schema.ts";

/** Rows as they are stored, read without drizzle: the names are the schema's, a test holds that. */
export type ProjectRow = typeof projects.$inferSelect;
export type DispatchRow = typeof dispatches.$inferSelect;
export type RunRow = typeof runs.$inferSelect;

const PROJECT = [
  "id name repo host path fork remote push_remote base agent ask_trust trusted_at team cloned seen_until slow_at",
  "slow_error created_at",
];
const DISPATCH = [
  "id project_id kind number title url author task branch worktree base base_sha status status_since status_by",
  "outcome failure outcome_detail outcome_at agent model mode sandbox session done_at created_by created_at",
  "updated_at version",
];
const RUN = [
  "id dispatch_id role state agent attempt message resume session priority actor starter pid pid_start boot pid_ns",
  "exit_code stop_by stop_at limit_hit outcome failure detail head_before head_after last_output_at tool words stage",
  "stage_at input_tokens output_tokens cost_usd denials created_at started_at ended_at version",
];

export const PROJECT_COLUMNS = select(PROJECT, "p");
export const DISPATCH_COLUMNS = select(DISPATCH, "d");
export const RUN_COLUMNS = select(RUN, "r");

export function projectRow(row: unknown): ProjectRow {
  const stored = row as ProjectRow;
  return { ...stored, cloned: Boolean(stored.cloned) };
}

export function runRowOf(row: unknown): RunRow {
  const stored = row as RunRow;
  return { ...stored, resume: Boolean(stored.resume) };
}

function select(columns: readonly string[], alias: string): string {
  return columns
    .join(" ")
    .split(" ")
    .map((column) => `${alias}.${column} AS "${nameOf(column)}"`)
    .join(", ");
}

function nameOf(column: string): string {
  if (column === "limit_hit") return "limit";
  return column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
