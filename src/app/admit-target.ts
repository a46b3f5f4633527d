import { detectBwrap } from "../agents/walls/detect.ts";
import type { TargetRef } from "../domain/grammar-refs.ts";
import { Problem } from "../domain/problem.ts";
import type { AskTrust, Mode } from "../domain/words.ts";
import { repoAt } from "../git/admin.ts";
import { type Base, resolveBase } from "../git/base.ts";
import { placeOf } from "../git/branch.ts";
import { askAhead } from "../git/remote-names.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { freeze } from "../runs/frozen.ts";
import { branchName } from "../runs/worktree.ts";
import { admit, refuseSecond } from "../store/admit.ts";
import { recordTarget } from "../store/facts.ts";
import { updateProject } from "../store/projects.ts";
import type { ProjectRow } from "../store/rows.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { chosenAgent, type DispatchOptions } from "./dispatch-options.ts";
import { type ReadTarget, readTarget } from "./read-target.ts";
import { mustAsk, trustAt } from "./trust.ts";

export type AdmittedTarget = { readonly dispatchId: number; readonly warnings: readonly string[] };

/**
 * Takes one issue or pull request: GitHub is read and the base fetched side by side, trust is asked where it must be,
 * then dispatch and queued run are written in one transaction. Nothing has happened outside until then.
 */
export async function admitTarget(
  world: World,
  call: Call,
  owner: ProjectRow,
  ref: TargetRef,
  options: DispatchOptions,
): Promise<AdmittedTarget> {
  if (owner.repo === null)
    throw new Problem("config", `${owner.name} is a local project: it has no issues.`, {
      hint: 'rally dispatch task "…"',
    });
  if (ref.kind !== null)
    refuseSecond(world.store, { projectId: owner.id, kind: ref.kind, number: ref.number });
  const agent = chosenAgent(world, owner, options);
  await askAheadOf(world, owner, ref, options);
  const [target, base] = await Promise.all([
    readTarget(world, owner, ref),
    fetched(world, owner, ref, options),
  ]);
  refuseSecond(world.store, { projectId: owner.id, kind: target.kind, number: ref.number });
  refuseEnded(target);
  if (target.kind === "pr" && options.base !== null)
    throw new Problem(
      "usage",
      `Pull request #${target.number} brings its own base, so --base cannot be meant.`,
      {
        hint: `rally dispatch pr ${target.number}`,
      },
    );
  const trusted = await askTrust(world, call, owner, target, options);
  const mode = trusted ? (options.mode ?? world.config.mode) : "read-only";
  const dispatchId = keep(world, call, owner, {
    target,
    options,
    agent,
    mode,
    base,
    trusts: trusted === "once",
  });
  return { dispatchId, warnings: base?.warning ? [base.warning] : [] };
}

type Kept = {
  readonly target: ReadTarget;
  readonly options: DispatchOptions;
  readonly agent: string;
  readonly mode: Mode;
  readonly base: Base | null;
  readonly trusts: boolean;
};

/** Dispatch, queued run, what GitHub said, and that a person trusts the project: in one transaction. */
function keep(world: World, call: Call, owner: ProjectRow, kept: Kept): number {
  const { target, options, agent, base } = kept;
  const { kind, number, title, url, author, head } = target;
  const by = { actor: call.actor, at: world.now() };
  const start = base && kind === "issue" ? { base: base.name, baseSha: base.sha } : { base: target.base };
  const fresh = {
    projectId: owner.id,
    ...{ kind, number, title, url, author, agent },
    branch: options.branch ?? branchName({ kind, number, title }),
    ...start,
    model: options.model,
    mode: kept.mode,
    sandbox: options.sandbox ?? world.config.sandbox.kind,
    context: freeze(target.context, options.instructions, target.fork),
  };
  const role = kind === "pr" ? ("reviewer" as const) : ("worker" as const);
  return write(world.store, "dispatch", () => {
    if (kept.trusts) updateProject(world.store, by, owner.id, { trustedAt: by.at });
    const run = { role, agent, message: null, resume: false, session: null, priority: 1 };
    const { dispatchId } = admit(world.store, { ...by, dispatch: { fresh }, run });
    const facts = { asOf: by.at, state: target.state, head, reviewedHead: head, since: by.at };
    recordTarget(world.store, dispatchId, facts, by.at);
    call.begun(dispatchId);
    return dispatchId;
  });
}

/** What its start will need to know is asked meanwhile: whether there are walls, which names the remote has. */
async function askAheadOf(world: World, owner: ProjectRow, ref: TargetRef, options: DispatchOptions) {
  if ((options.sandbox ?? world.config.sandbox.kind) !== "none") void detectBwrap(world.config.env.path);
  const remote = owner.pushRemote ?? owner.remote;
  if (ref.kind === "pr" || remote === null || options.branch !== null) return;
  // What is wrong with the checkout is said by whoever needs it.
  const repo = await repoAt(owner.path).catch(() => null);
  if (repo !== null) askAhead(repo, remote, world.config.limits.fetchSeconds);
}

/** The base of an issue's work is fetched while GitHub is asked; a pull request brings its own. */
async function fetched(
  world: World,
  owner: ProjectRow,
  ref: TargetRef,
  options: DispatchOptions,
): Promise<Base | null> {
  if (ref.kind === "pr") return null;
  return baseOf(world, owner, options);
}

export async function baseOf(
  world: World,
  owner: ProjectRow,
  { base, branch }: Pick<DispatchOptions, "base" | "branch">,
): Promise<Base> {
  const repo = await openRepo(owner.path);
  if (branch !== null) await refuseCheckedOut(repo, branch);
  return resolveBase(repo, {
    remote: owner.remote,
    base: base ?? owner.base ?? world.config.base,
    fetchSeconds: world.config.limits.fetchSeconds,
  });
}

/** A branch of the person's own is gone on with, but not while they are on it. */
async function refuseCheckedOut(repo: Repo, branch: string): Promise<void> {
  const place = await placeOf(repo, branch);
  if (place === null) return;
  throw new Problem("conflict", `${branch} is checked out in ${place}.`, {
    hint: `git -C ${place} switch <other>, or another --branch`,
  });
}

function refuseEnded(target: ReadTarget): void {
  if (target.state === "open") return;
  const what = `${target.kind === "pr" ? "Pull request" : "Issue"} #${target.number}`;
  throw new Problem("conflict", `${what} is ${target.state} already.`, {
    hint:
      target.kind === "pr"
        ? "Reopen it on GitHub first."
        : 'Reopen it on GitHub, or rally dispatch task "…".',
  });
}

/** `"once"`: a person said so now, and the project is trusted from here on. Throws `refused` where nobody can be asked. */
async function askTrust(
  world: World,
  call: Call,
  owner: ProjectRow,
  target: ReadTarget,
  options: DispatchOptions,
): Promise<boolean | "once"> {
  const { head } = target;
  if (options.head !== null && head === null)
    throw new Problem("usage", `#${target.number} is an issue: it has no head that could be trusted.`, {
      hint: "Leave out --head.",
    });
  const another = options.head !== null && options.head !== head;
  if (options.trust !== null && !another) return options.trust;
  const ask: AskTrust = owner.askTrust ?? world.config.askTrust;
  if (!another && !mustAsk(ask, owner.trustedAt, target.warnings)) return true;
  const reasons = target.warnings.join(" ");
  if (!call.asker) {
    const why = another ? "has new commits since it was shown" : "is not trusted by itself";
    const at = trustAt(call, head);
    throw new Problem("refused", `#${target.number} ${why}. ${reasons}`.trimEnd(), {
      hint: `rally dispatch ${target.number} --trust${at}, or --no-trust (the agent may only read)`,
    });
  }
  const question = `#${target.number} ${target.title}: ${reasons} Dispatch it anyway?`;
  const yes = await call.asker.confirm(question, { flag: "--trust" });
  if (!yes)
    throw new Problem("refused", `#${target.number} was not dispatched: it is not trusted.`, {
      hint: "--no-trust lets the agent only read.",
    });
  return ask === "once" ? "once" : true;
}
