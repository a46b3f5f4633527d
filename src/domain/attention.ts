import { hasLiveRun, isDone } from "./display.ts";
import type { DispatchView } from "./view.ts";
import type { Time } from "./words.ts";

export const ATTENTION_CODES = [
  "needs_input",
  "failed",
  "lost",
  "empty",
  "still_running",
  "stalled",
  "ci_failing",
  "conflict",
  "changes_requested",
  "head_moved",
  "pr_closed",
  "target_closed",
  "worktree_missing",
  "branch_moved",
  "undelivered",
] as const;
export type AttentionCode = (typeof ATTENTION_CODES)[number];

/** Why a person should look, in words, with the line that would help. */
export type Attention = {
  readonly code: AttentionCode;
  readonly since: Time;
  readonly message: string;
  readonly hint: string;
};

/** These speak though a person said that it waits on upstream. */
export const HEARD_UNDER_UPSTREAM: readonly AttentionCode[] = ["needs_input", "failed", "lost", "empty"];

export type AttentionLimits = { readonly silenceMs: number };

/** All that asks for a person, in the order of the table (model.md 3). Pure; `now` only for silence. */
export function attention(d: DispatchView, now: Time, limits: AttentionLimits): Attention[] {
  const all = [
    ...ofQuestion(d),
    ...ofOutcome(d),
    ...ofLiveRun(d, now, limits),
    ...ofPullRequest(d),
    ...ofTarget(d),
    ...ofWorktree(d),
    ...ofDelivery(d, now),
  ];
  if (d.status !== "upstream") return all;
  return all.filter((a) => HEARD_UNDER_UPSTREAM.includes(a.code) || a.code === "still_running");
}

function ofQuestion(d: DispatchView): Attention[] {
  if (!d.question) return [];
  const message = `${d.agent} asks: ${firstLine(d.question.text)}`;
  return [{ code: "needs_input", since: d.question.since, message, hint: `rally answer ${d.id} "…"` }];
}

function ofOutcome(d: DispatchView): Attention[] {
  if (hasLiveRun(d) || d.queued || isDone(d)) return [];
  const since = d.outcomeAt ?? d.updatedAt;
  const detail = d.outcomeDetail ? `: ${firstLine(d.outcomeDetail)}` : "";
  switch (d.outcome) {
    case "failed":
      return [
        {
          code: "failed",
          since,
          message: `${d.agent} failed (${d.failure ?? "agent"})${detail}`,
          hint: `rally log ${d.id}`,
        },
      ];
    case "lost":
      return [
        {
          code: "lost",
          since,
          message: `${d.agent} died without a word${detail}`,
          hint: `rally log ${d.id}`,
        },
      ];
    case "empty":
      return [{ code: "empty", since, message: emptyMessage(d), hint: `rally log ${d.id}` }];
    default:
      return [];
  }
}

function emptyMessage(d: DispatchView): string {
  return d.kind === "pr"
    ? `${d.agent} ended without writing a review`
    : `${d.agent} ended without changing anything`;
}

function ofLiveRun(d: DispatchView, now: Time, limits: AttentionLimits): Attention[] {
  if (!d.run || !hasLiveRun(d)) return [];
  const found: Attention[] = [];
  if (isDone(d) || d.status === "upstream") {
    const message = `${d.run.agent} still works, though this is ${isDone(d) ? "done" : "upstream"}`;
    found.push({ code: "still_running", since: d.statusSince, message, hint: `rally stop ${d.id}` });
  }
  const quietSince = Math.max(d.run.lastOutputAt ?? 0, d.run.startedAt ?? 0);
  const unattended = d.run.state === "running" && d.run.role !== "attached";
  if (unattended && quietSince > 0 && now - quietSince >= limits.silenceMs) {
    const minutes = Math.floor((now - quietSince) / 60_000);
    const message = `${d.run.agent} lives, but has said nothing for ${minutes} min`;
    found.push({ code: "stalled", since: quietSince, message, hint: `rally stop ${d.id}` });
  }
  return found;
}

function ofPullRequest(d: DispatchView): Attention[] {
  if (!d.pr || isDone(d)) return [];
  const { since, number } = d.pr;
  if (d.pr.state === "closed")
    return [
      {
        code: "pr_closed",
        since,
        message: `pull request #${number} was closed without a merge`,
        hint: `rally clean ${d.id}`,
      },
    ];
  const found: Attention[] = [];
  const again = `rally continue ${d.id} --from-pr`;
  if (d.pr.checks === "failing")
    found.push({ code: "ci_failing", since, message: `checks of pull request #${number} fail`, hint: again });
  if (d.pr.conflict)
    found.push({
      code: "conflict",
      since,
      message: `pull request #${number} conflicts with its base`,
      hint: `rally continue ${d.id} "merge the base and resolve the conflicts"`,
    });
  if (d.pr.changesRequested)
    found.push({
      code: "changes_requested",
      since,
      message: `changes were requested on pull request #${number}`,
      hint: again,
    });
  return found;
}

function ofTarget(d: DispatchView): Attention[] {
  if (!d.target || isDone(d)) return [];
  const { since } = d.target;
  const what = d.kind === "pr" ? `pull request #${d.number}` : `issue #${d.number}`;
  if (d.target.state === "closed")
    return [{ code: "target_closed", since, message: `${what} was closed`, hint: `rally clean ${d.id}` }];
  const { head, reviewedHead } = d.target;
  if (d.kind === "pr" && head && reviewedHead && head !== reviewedHead && !hasLiveRun(d))
    return [
      {
        code: "head_moved",
        since,
        message: `${what} has new commits since it was reviewed`,
        hint: `rally retry ${d.id}`,
      },
    ];
  return [];
}

function ofWorktree(d: DispatchView): Attention[] {
  if (!d.git || isDone(d)) return [];
  const since = d.git.asOf;
  if (!d.git.worktreeExists) {
    const hint = d.git.branchExists ? `rally continue ${d.id}` : `rally clean ${d.id}`;
    return [{ code: "worktree_missing", since, message: "its worktree is gone", hint }];
  }
  if (d.git.branchNow !== null && d.branch !== null && d.git.branchNow !== d.branch)
    return [
      {
        code: "branch_moved",
        since,
        message: `its worktree is on ${d.git.branchNow}, not on ${d.branch}`,
        hint: `git -C "$(rally path ${d.id})" switch ${quoted(d.branch)}`,
      },
    ];
  return [];
}

/** A chat's queue that nothing leaves for so long stands still; one that is long and moves does not. */
export const STILL_MS = 60_000;

function ofDelivery(d: DispatchView, now: Time): Attention[] {
  if (d.undelivered.length === 0) return ofQueue(d, now);
  return d.undelivered.map((effect) => ({
    code: "undelivered" as const,
    since: effect.since,
    message: `${effect.kind} could not be delivered: ${firstLine(effect.error)}`,
    hint: "rally doctor",
  }));
}

function ofQueue({ waits }: DispatchView, now: Time): Attention[] {
  if (waits === null || now - waits.since < STILL_MS) return [];
  const why = waits.error === "" ? "" : `: ${firstLine(waits.error)}`;
  const message = `messages to ${waits.room} stand still${why}`;
  return [{ code: "undelivered", since: waits.since, message, hint: "rally doctor" }];
}

/** A branch's name may hold what a shell would run. */
function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
