import type { Counts, Fleet, Shown } from "../domain/group.ts";
import type { RunView } from "../domain/view.ts";
import type {
  Checks,
  Display,
  Failure,
  Kind,
  Outcome,
  PrState,
  RunRole,
  RunState,
  Stage,
  Status,
  Time,
} from "../domain/words.ts";

/** What `rally status` tells of, beside the dispatches themselves. */
export type StatusInput = {
  readonly fleet: Fleet;
  readonly projects: readonly {
    readonly name: string;
    readonly repo: string | null;
    readonly path: string;
  }[];
  /** Worktrees of ours without a record; as many as the fleet counts. */
  readonly orphans: readonly OrphanFacts[];
  readonly foreign: readonly { readonly worktree: string; readonly why: string }[];
  readonly heartbeat: HeartbeatFacts;
  readonly now: Time;
};

export type OrphanFacts = {
  readonly project: string;
  readonly worktree: string;
  readonly branch: string | null;
  readonly dirty: boolean;
  readonly unpushed: number;
};

export type HeartbeatFacts = {
  /** Null: nobody holds the lease. */
  readonly holder: string | null;
  readonly lastFastAt: Time | null;
  readonly lastSlowAt: Time | null;
};

/** `rally status --json` and `/status.json`, version 1; docs/status.schema.json describes it. Times are ISO 8601, UTC. */
export function statusJson(input: StatusInput): StatusJson {
  return {
    version: 1,
    generated_at: iso(input.now),
    heartbeat: {
      holder: input.heartbeat.holder,
      last_fast_at: isoOrNull(input.heartbeat.lastFastAt),
      last_slow_at: isoOrNull(input.heartbeat.lastSlowAt),
    },
    projects: input.projects.map(({ name, repo, path }) => ({ name, repo, path })),
    dispatches: input.fleet.rows.map(dispatchJson),
    orphans: input.orphans.map(({ project, worktree, branch, dirty, unpushed }) => ({
      project,
      worktree,
      branch,
      dirty,
      unpushed,
    })),
    foreign: input.foreign.map(({ worktree, why }) => ({ worktree, why })),
    counts: input.fleet.counts,
  };
}

/** One dispatch, as in the list. */
export function dispatchJson(row: Shown): DispatchJson {
  const { view } = row;
  return {
    id: view.id,
    project: view.project,
    repo: view.repo,
    kind: view.kind,
    number: view.number,
    title: view.title,
    url: view.url,
    branch: view.branch,
    worktree: view.worktree,
    base: view.base,
    base_sha: view.baseSha,
    status: view.status,
    display: row.display,
    outcome: view.outcome,
    failure: view.failure,
    question: view.question && { text: view.question.text, since: iso(view.question.since) },
    stage: row.stage && { ...row.stage, since: iso(row.stage.since) },
    attention: row.attention.map(({ code, since, message, hint }) => ({
      code,
      since: iso(since),
      message,
      hint,
    })),
    agent: view.agent,
    run: view.run && runJson(view.run),
    changes: view.git && {
      commits: view.git.commits,
      files: view.git.files,
      insertions: view.git.insertions,
      deletions: view.git.deletions,
      dirty: view.git.dirty,
      unpushed: view.git.unpushed,
      as_of: iso(view.git.asOf),
    },
    pr: view.pr && {
      number: view.pr.number,
      state: view.pr.state,
      draft: view.pr.draft,
      url: view.pr.url,
      checks: view.pr.checks,
    },
    created_at: iso(view.createdAt),
    updated_at: iso(view.updatedAt),
  };
}

function runJson(run: RunView): NonNullable<DispatchJson["run"]> {
  return {
    id: run.id,
    role: run.role,
    state: run.state,
    pid: run.pid,
    exit_code: run.exitCode,
    attempt: run.attempt,
    session: run.session,
    started_at: isoOrNull(run.startedAt),
    ended_at: isoOrNull(run.endedAt),
    log: run.log,
    usage: run.usage && {
      input_tokens: run.usage.inputTokens,
      output_tokens: run.usage.outputTokens,
      cost_usd: run.usage.costUsd,
    },
  };
}

export function iso(time: Time): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: Time | null): string | null {
  return time === null ? null : iso(time);
}

export type StatusJson = {
  readonly version: 1;
  readonly generated_at: string;
  readonly heartbeat: {
    readonly holder: string | null;
    readonly last_fast_at: string | null;
    readonly last_slow_at: string | null;
  };
  readonly projects: readonly {
    readonly name: string;
    readonly repo: string | null;
    readonly path: string;
  }[];
  readonly dispatches: readonly DispatchJson[];
  readonly orphans: readonly OrphanFacts[];
  readonly foreign: readonly { readonly worktree: string; readonly why: string }[];
  readonly counts: Counts;
};

export type DispatchJson = {
  readonly id: number;
  readonly project: string;
  readonly repo: string | null;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
  readonly url: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly base: string | null;
  readonly base_sha: string | null;
  readonly status: Status;
  readonly display: Display;
  readonly outcome: Outcome | null;
  readonly failure: Failure | null;
  readonly question: { readonly text: string; readonly since: string } | null;
  readonly stage: { readonly name: Stage; readonly declared: boolean; readonly since: string } | null;
  readonly attention: readonly {
    readonly code: string;
    readonly since: string;
    readonly message: string;
    readonly hint: string;
  }[];
  readonly agent: string;
  readonly run: {
    readonly id: number;
    readonly role: RunRole;
    readonly state: RunState;
    readonly pid: number | null;
    readonly exit_code: number | null;
    readonly attempt: number;
    readonly session: string | null;
    readonly started_at: string | null;
    readonly ended_at: string | null;
    readonly log: string;
    readonly usage: {
      readonly input_tokens: number;
      readonly output_tokens: number;
      readonly cost_usd: number | null;
    } | null;
  } | null;
  readonly changes: {
    readonly commits: number;
    readonly files: number;
    readonly insertions: number;
    readonly deletions: number;
    readonly dirty: boolean;
    readonly unpushed: number;
    readonly as_of: string;
  } | null;
  readonly pr: {
    readonly number: number;
    readonly state: PrState;
    readonly draft: boolean;
    readonly url: string;
    readonly checks: Checks;
  } | null;
  readonly created_at: string;
  readonly updated_at: string;
};
