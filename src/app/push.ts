import { arg, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { commitAll } from "../git/commit.ts";
import { isAncestor } from "../git/history.ts";
import { push as pushBranch } from "../git/push.ts";
import { remoteHead } from "../git/remote.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { look } from "../runs/work.ts";
import { dispatchRow, project } from "../store/read.ts";
import { record } from "../store/record.ts";
import type { ProjectRow } from "../store/rows.ts";
import { pushTold } from "../store/told.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { worktreeOf } from "./path.ts";
import type { Reply } from "./reply.ts";
import { stateReply } from "./run-again.ts";

export type Pushed = {
  readonly owner: ProjectRow;
  readonly remote: string;
  readonly branch: string;
  readonly head: string;
};

/** `rally push <d> [--commit MSG]`. */
export async function push(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const pushed = await pushWork(world, call, view);
  return stateReply(world, view.id, `Pushed ${pushed.branch} to ${pushed.remote}.`, {
    offers: [{ label: "Open PR", line: `pr ${view.id}` }],
  });
}

/**
 * Pushes a dispatch's branch because a person said so. Refused while an agent is at it, with uncommitted changes
 * (unless a message to commit them is given), and without any commit. What git says is read afresh.
 */
export async function pushWork(world: World, call: Call, view: DispatchView): Promise<Pushed> {
  const owner = project(world.store, view.projectId);
  const row = dispatchRow(world.store, view.id);
  if (!owner || !row) throw new Problem("missing", `There is no dispatch ${view.id}.`);
  refusePull(view);
  if (view.run && isLive(view.run.state))
    throw new Problem("conflict", `${view.agent} is at work on ${view.id}.`, {
      hint: `rally stop ${view.id}, or wait until it has ended`,
    });
  const remote = owner.pushRemote ?? owner.remote;
  if (remote === null)
    throw new Problem("config", `${owner.name} has no remote to push to.`, {
      hint: `git -C ${owner.path} remote add origin <url>, then rally onboard ${owner.path}`,
    });
  const worktree = await worktreeOf(view);
  const message = textFlag(call.parsed, "commit");
  if (message !== null) {
    call.progress("committing");
    await commitAll(await openRepo(owner.path), { worktree, branch: view.branch ?? "", message });
  }
  const facts = await look(world, row, owner);
  if (facts.branchNow !== null)
    throw new Problem("conflict", `The worktree is on ${facts.branchNow}, not on ${view.branch}.`, {
      hint: `git -C ${worktree} switch ${view.branch}`,
    });
  if (facts.dirty || facts.untracked > 0)
    throw new Problem("refused", `${view.id} has changes that are not committed.`, {
      hint: `rally ${call.parsed.command.name} ${view.id} --commit "<message>", or commit them yourself`,
    });
  if (facts.commits === 0 || facts.head === null)
    throw new Problem("conflict", `${view.id} has no commit to push.`, {
      hint: `rally continue ${view.id} "…"`,
    });
  call.progress(`pushing ${view.branch}`);
  await send(world, call, { view, owner, remote, head: facts.head });
  await look(world, row, owner);
  await world.autostart();
  return { owner, remote, branch: view.branch ?? "", head: facts.head };
}

type Sent = {
  readonly view: DispatchView;
  readonly owner: ProjectRow;
  readonly remote: string;
  readonly head: string;
};

/** Nothing is sent where the remote has it already; that a person had this head pushed is journaled once. */
async function send(world: World, call: Call, { view, owner, remote, head }: Sent): Promise<void> {
  const repo = await openRepo(owner.path);
  const branch = view.branch ?? "";
  const expected = await remoteHead(repo, remote, branch);
  const seconds = world.config.limits.gitSeconds;
  if (expected !== null && expected !== head)
    await refuseOthers(world, repo, { view, remote, head }, expected);
  if (expected !== head) await pushBranch(repo, { branch, remote, remoteBranch: branch, expected, seconds });
  if (pushTold(world.store, view.id, head)) return;
  record(world.store, { actor: call.actor, at: world.now() }, [
    { layer: "gate", event: "push", dispatchId: view.id, why: `${branch} to ${remote}`, data: { head } },
  ]);
}

/**
 * What the remote has must be in the work, or be what a person had Rally push before: then it may be rewritten. Anything
 * else is somebody else's, and no look at it makes it ours. Throws `conflict`.
 */
async function refuseOthers(
  world: World,
  repo: Repo,
  { view, remote, head }: Pick<Sent, "view" | "remote" | "head">,
  theirs: string,
): Promise<void> {
  if (pushTold(world.store, view.id, theirs) || (await isAncestor(repo, theirs, head))) return;
  throw new Problem(
    "conflict",
    `${remote} has commits on ${view.branch} that the work of ${view.id} has not; nothing was pushed.`,
    {
      hint: `git -C ${view.projectPath} fetch ${remote} ${view.branch}, then rally continue ${view.id} "merge ${theirs.slice(0, 10)}"`,
    },
  );
}

function refusePull(view: DispatchView): void {
  if (view.kind !== "pr") return;
  throw new Problem(
    "refused",
    `${view.id} is a review of pull request #${view.number}: its commits belong to somebody else's branch.`,
    {
      hint: `rally review ${view.id} --post`,
    },
  );
}
