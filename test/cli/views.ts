import type { StatusInput } from "../../src/app/status-json.ts";
import { fleet } from "../../src/domain/group.ts";
import type { DispatchView, GitFacts, PrFacts, RunView } from "../../src/domain/view.ts";

/** The time at which the tests look. */
export const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
export const MINUTE = 60_000;

export function view(more: Partial<DispatchView> = {}): DispatchView {
  return {
    id: 7,
    projectId: 1,
    project: "app",
    repo: "acme/app",
    projectPath: "/srv/app",
    kind: "issue",
    number: 42,
    title: "Fix login timeout",
    url: "https://github.com/acme/app/issues/42",
    task: null,
    branch: "rally/42-fix-login-timeout",
    worktree: "/srv/app/.worktrees/rally-42",
    base: "origin/main",
    baseSha: "0123456789abcdef0123456789abcdef01234567",
    status: "reviewing",
    statusSince: NOW - 6 * MINUTE,
    statusBy: "rally",
    outcome: "ok",
    failure: null,
    outcomeDetail: null,
    outcomeAt: NOW - 6 * MINUTE,
    agent: "copilot",
    model: null,
    mode: "work",
    createdBy: "cli:ana",
    createdAt: NOW - 13 * MINUTE,
    updatedAt: NOW - 6 * MINUTE,
    version: 4,
    run: run(),
    queued: null,
    question: null,
    git: git(),
    pr: null,
    target: { asOf: NOW - MINUTE, state: "open", head: null, reviewedHead: null, since: NOW - 60 * MINUTE },
    kept: [],
    undelivered: [],
    waits: null,
    ...more,
  };
}

export function run(more: Partial<RunView> = {}): RunView {
  return {
    id: 12,
    role: "worker",
    state: "exited",
    agent: "copilot",
    pid: 4242,
    exitCode: 0,
    attempt: 1,
    session: "c0ffee00-0000-4000-8000-000000000001",
    startedAt: NOW - 12 * MINUTE,
    endedAt: NOW - 6 * MINUTE,
    lastOutputAt: NOW - 6 * MINUTE,
    log: "/home/ana/rally/runs/12/log",
    stage: null,
    progress: null,
    usage: { inputTokens: 12_000, outputTokens: 3400, costUsd: 0.31 },
    stopBy: null,
    ...more,
  };
}

export const live = (more: Partial<RunView> = {}) =>
  run({ state: "running", exitCode: null, endedAt: null, lastOutputAt: NOW - 2000, ...more });

export function git(more: Partial<GitFacts> = {}): GitFacts {
  return {
    asOf: NOW - 5000,
    worktreeExists: true,
    branchExists: true,
    branchNow: null,
    head: "fedcba9876543210fedcba9876543210fedcba98",
    commits: 2,
    files: 3,
    insertions: 85,
    deletions: 12,
    dirty: false,
    untracked: 0,
    unpushed: 2,
    pushed: 0,
    inBase: false,
    ...more,
  };
}

export function pr(more: Partial<PrFacts> = {}): PrFacts {
  return {
    asOf: NOW - 20_000,
    number: 57,
    url: "https://github.com/acme/app/pull/57",
    state: "open",
    draft: false,
    head: "fedcba9876543210fedcba9876543210fedcba98",
    checks: "passing",
    conflict: false,
    changesRequested: false,
    since: NOW - 5 * MINUTE,
    ...more,
  };
}

/** One of each kind of thing that the list shows, in two projects. */
export function sampleViews(): DispatchView[] {
  const api = { projectId: 2, project: "api", repo: "acme/api", projectPath: "/srv/api" };
  return [
    view({ pr: pr(), git: git({ pushed: 2, unpushed: 0 }) }),
    view({
      id: 9,
      number: 51,
      title: "Retry uploads when the connection is lost in the middle",
      outcome: "failed",
      failure: "auth",
      outcomeDetail: "not logged in\nsecond line",
      outcomeAt: NOW - 12 * MINUTE,
      git: git({ commits: 0, insertions: 0, deletions: 0 }),
    }),
    view({
      id: 10,
      number: 43,
      title: "暗いモード 🌙 für alle",
      status: "implementing",
      outcome: null,
      run: live({ stage: { name: "coding", since: NOW - 5 * MINUTE } }),
      git: git({ dirty: true }),
    }),
    view({
      id: 11,
      kind: "task",
      number: null,
      title: "make the tests faster",
      status: "implementing",
      outcome: null,
      run: null,
      queued: { runId: 14, place: 1, since: NOW - 30_000 },
      git: null,
      target: null,
    }),
    view({
      ...api,
      id: 3,
      kind: "pr",
      number: 12,
      title: "Cache layer",
      status: "upstream",
      statusSince: NOW - 2 * 1440 * MINUTE,
      statusBy: "cli:ana",
    }),
    view({
      ...api,
      id: 123,
      number: 77,
      title: "Ask me",
      status: "implementing",
      outcome: null,
      run: live(),
      question: { id: 1, runId: 12, text: "Keep the old endpoint?", context: null, since: NOW - 3 * MINUTE },
      git: git({ commits: 0, insertions: 0, deletions: 0 }),
    }),
  ];
}

export function statusInput(views: readonly DispatchView[], more: Partial<StatusInput> = {}): StatusInput {
  const orphans = more.orphans ?? [];
  return {
    fleet: fleet(views, orphans.length, NOW, { silenceMs: 15 * MINUTE }),
    projects: [
      { name: "app", repo: "acme/app", path: "/srv/app" },
      { name: "api", repo: "acme/api", path: "/srv/api" },
    ],
    foreign: [],
    heartbeat: { holder: "desk:4711", lastFastAt: NOW - 3000, lastSlowAt: NOW - 40_000 },
    now: NOW,
    ...more,
    orphans,
  };
}
