import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { arg, on, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Pull } from "../github/github.ts";
import { recordPr } from "../store/facts.ts";
import { project } from "../store/read.ts";
import { record } from "../store/record.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { type Pushed, pushWork } from "./push.ts";
import type { Reply } from "./reply.ts";
import { stateReply } from "./run-again.ts";

/** `rally pr <d>`: pushes the branch and opens a pull request; where it is open already, the push is all there is to do. */
export async function pr(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const body = bodyOf(call, view);
  refuseLocal(world, view);
  const pushed = await pushWork(world, call, view);
  const { owner } = pushed;
  if (view.pr?.state === "open")
    return stateReply(
      world,
      view.id,
      `Pull request #${view.pr.number} is open already; the branch was pushed. ${view.pr.url}`,
    );
  call.progress("opening the pull request");
  const github = await world.github(owner.host);
  const pull = await github.createPull(owner.repo ?? "", {
    title: textFlag(call.parsed, "title") ?? view.title,
    body,
    head: headOf(pushed),
    base: await baseOf(world, view, pushed),
    draft: on(call.parsed, "draft"),
  });
  keep(world, call, view, pull);
  return stateReply(world, view.id, `Pull request #${pull.number}: ${pull.url}`, {
    offers: [{ label: "Upstream", line: `upstream ${view.id}` }],
  });
}

/** Before anything is pushed for a pull request that cannot be. */
function refuseLocal(world: World, view: DispatchView): void {
  const owner = project(world.store, view.projectId);
  if (!owner || owner.repo !== null) return;
  throw new Problem(
    "config",
    `${owner.name} is a local project: there is no GitHub to open a pull request on.`,
    { hint: `rally push ${view.id}` },
  );
}

function keep(world: World, call: Call, view: DispatchView, pull: Pull): void {
  const at = world.now();
  write(world.store, "pull request", () => {
    record(world.store, { actor: call.actor, at }, [
      {
        layer: "gate",
        event: "pull_request",
        dispatchId: view.id,
        why: pull.url,
        data: { number: pull.number },
      },
    ]);
    const { number, url, draft } = pull;
    const fresh = { checks: "none" as const, conflict: false, changesRequested: false };
    recordPr(
      world.store,
      view.id,
      { asOf: at, number, url, state: pull.state, draft, head: pull.head.sha, ...fresh, since: at },
      at,
    );
  });
}

function headOf({ owner, branch }: Pushed): string {
  if (owner.fork === null) return branch;
  return `${owner.fork.split("/")[0]}:${branch}`;
}

/** The branch that it started from, as GitHub calls it. */
async function baseOf(world: World, view: DispatchView, { owner }: Pushed): Promise<string> {
  const base = view.base ?? owner.base;
  if (base !== null)
    return owner.remote !== null && base.startsWith(`${owner.remote}/`)
      ? base.slice(owner.remote.length + 1)
      : base;
  const github = await world.github(owner.host);
  return (await github.repo(owner.repo ?? "")).defaultBranch;
}

function bodyOf(call: Call, view: DispatchView): string {
  const file = textFlag(call.parsed, "body-file");
  if (file !== null) {
    const path = resolve(call.cwd, file);
    try {
      return readFileSync(path, "utf8");
    } catch (cause) {
      throw new Problem("missing", `The file ${path} cannot be read.`, { cause, hint: "--body-file <path>" });
    }
  }
  return view.kind === "issue" ? `Closes #${view.number}\n` : "";
}
