import type { RunView } from "../domain/view.ts";

export const RUN_VIEW_COLUMNS = `r.id, r.dispatch_id AS dispatchId, r.role, r.state, r.agent, r.pid,
  r.exit_code AS exitCode, r.attempt, r.session, r.started_at AS startedAt, r.ended_at AS endedAt,
  r.last_output_at AS lastOutputAt, r.stage, r.stage_at AS stageAt, r.tool, r.words, r.input_tokens AS inputTokens,
  r.output_tokens AS outputTokens, r.cost_usd AS costUsd, r.stop_by AS stopBy`;

type Flat = Omit<RunView, "log" | "stage" | "progress" | "usage"> & {
  readonly stage: NonNullable<RunView["stage"]>["name"] | null;
  readonly stageAt: number | null;
  readonly tool: string | null;
  readonly words: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
};

export function runView(joined: object, log: string): RunView {
  const row = joined as Flat;
  const { stage, stageAt, tool, words, inputTokens, outputTokens, costUsd } = row;
  // An agent that tells nothing of it has used an unknown number, not none.
  const counted = Boolean(inputTokens || outputTokens || costUsd);
  return {
    id: row.id,
    role: row.role,
    state: row.state,
    agent: row.agent,
    pid: row.pid,
    exitCode: row.exitCode,
    attempt: row.attempt,
    session: row.session,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    lastOutputAt: row.lastOutputAt,
    log,
    stage: stage !== null && stageAt !== null ? { name: stage, since: stageAt } : null,
    progress: tool !== null || words !== null ? { tool, words } : null,
    usage: counted ? { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, costUsd } : null,
    stopBy: row.stopBy,
  };
}
