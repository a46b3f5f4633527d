import type { DispatchView, GitFacts, PrFacts, TargetFacts } from "../domain/view.ts";

/** The three rows of facts beside a dispatch: each column under its own alias, an absent row is all null. */
export const FACTS_COLUMNS = `g.as_of AS gAsOf, g.worktree_exists AS gWorktreeExists, g.branch_exists AS gBranchExists,
  g.branch_now AS gBranchNow, g.head AS gHead, g.commits AS gCommits, g.files AS gFiles, g.insertions AS gInsertions,
  g.deletions AS gDeletions, g.dirty AS gDirty, g.untracked AS gUntracked, g.unpushed AS gUnpushed,
  g.pushed AS gPushed, g.in_base AS gInBase,
  h.as_of AS hAsOf, h.number AS hNumber, h.url AS hUrl, h.state AS hState, h.draft AS hDraft, h.head AS hHead,
  h.checks AS hChecks, h.conflict AS hConflict, h.changes_requested AS hChangesRequested, h.since AS hSince,
  t.as_of AS tAsOf, t.state AS tState, t.head AS tHead, t.reviewed_head AS tReviewedHead, t.since AS tSince`;

export const FACTS_JOINS = `LEFT JOIN git_facts g ON g.dispatch_id = d.id LEFT JOIN pr_facts h ON h.dispatch_id = d.id
  LEFT JOIN target_facts t ON t.dispatch_id = d.id`;

type Joined = Record<string, unknown>;

export function factsOf(row: Joined): Pick<DispatchView, "git" | "pr" | "target"> {
  return { git: gitOf(row), pr: prOf(row), target: targetOf(row) };
}

function gitOf(row: Joined): GitFacts | null {
  if (row.gAsOf === null) return null;
  return {
    asOf: row.gAsOf as number,
    worktreeExists: row.gWorktreeExists === 1,
    branchExists: row.gBranchExists === 1,
    branchNow: row.gBranchNow as string | null,
    head: row.gHead as string | null,
    commits: row.gCommits as number,
    files: row.gFiles as number,
    insertions: row.gInsertions as number,
    deletions: row.gDeletions as number,
    dirty: row.gDirty === 1,
    untracked: row.gUntracked as number,
    unpushed: row.gUnpushed as number,
    pushed: row.gPushed as number,
    inBase: row.gInBase === 1,
  };
}

function prOf(row: Joined): PrFacts | null {
  if (row.hAsOf === null) return null;
  return {
    asOf: row.hAsOf as number,
    number: row.hNumber as number,
    url: row.hUrl as string,
    state: row.hState as PrFacts["state"],
    draft: row.hDraft === 1,
    head: row.hHead as string,
    checks: row.hChecks as PrFacts["checks"],
    conflict: row.hConflict === 1,
    changesRequested: row.hChangesRequested === 1,
    since: row.hSince as number,
  };
}

function targetOf(row: Joined): TargetFacts | null {
  if (row.tAsOf === null) return null;
  return {
    asOf: row.tAsOf as number,
    state: row.tState as TargetFacts["state"],
    head: row.tHead as string | null,
    reviewedHead: row.tReviewedHead as string | null,
    since: row.tSince as number,
  };
}
