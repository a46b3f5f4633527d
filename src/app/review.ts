import { readFileSync, statSync } from "node:fs";
import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import type { GitHub } from "../github/github.ts";
import { runHere } from "../process/quiet.ts";
import { ownFile } from "../runs/own-file.ts";
import { REVIEW_IN_WORKTREE } from "../runs/paths.ts";
import { project } from "../store/read.ts";
import { record } from "../store/record.ts";
import { reviewTold } from "../store/told.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { worktreeOf } from "./path.ts";
import { type Reply, said } from "./reply.ts";

const REVIEW_MAX_BYTES = 1024 * 1024;
/** GitHub's own limit of a comment. */
const COMMENT_MAX_CHARS = 65_536;

/** `rally review <d> [--edit] [--post]`: the review that a pull request's dispatch wrote. */
export async function review(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const path = ownFile(await worktreeOf(view), REVIEW_IN_WORKTREE);
  if (path === null)
    throw new Problem("missing", `${view.id} has no review.`, {
      hint:
        view.kind === "pr"
          ? `rally log ${view.id}`
          : "Reviews are written for pull requests: rally dispatch pr <n>",
    });
  if (on(call.parsed, "edit")) await edit(world, path);
  const text = world.redact(readReview(path));
  if (on(call.parsed, "post")) return post(world, call, view, text);
  return {
    text: [{ verbatim: text, as: "markdown" }],
    json: { id: view.id, path, head: view.target?.reviewedHead ?? null, review: text },
  };
}

async function edit(world: World, path: string): Promise<void> {
  const { editor, all } = world.config.env;
  if (editor === null) throw new Problem("config", "No editor is set.", { hint: "export EDITOR=vi" });
  const code = await runHere(["sh", "-c", `${editor} "$1"`, "sh", path], {
    cwd: world.config.env.cwd,
    env: all,
  });
  if (code !== 0) throw new Problem("other", `The editor ended with code ${code}; ${path} is as it left it.`);
}

function readReview(path: string): string {
  if (statSync(path).size > REVIEW_MAX_BYTES)
    throw new Problem("other", `${path} is longer than ${REVIEW_MAX_BYTES} bytes.`, {
      hint: "rally review <d> --edit",
    });
  return readFileSync(path, "utf8");
}

/** Bound to the commit that was reviewed: where the pull request has moved on, a person is told so first. */
async function post(world: World, call: Call, view: DispatchView, text: string): Promise<Reply> {
  const owner = project(world.store, view.projectId);
  if (view.kind !== "pr" || view.number === null || !owner?.repo)
    throw new Problem("conflict", `${view.id} is no review of a pull request.`, {
      hint: "rally dispatch pr <n>",
    });
  if (text.length > COMMENT_MAX_CHARS)
    throw new Problem(
      "refused",
      `The review has ${text.length} characters; GitHub takes ${COMMENT_MAX_CHARS}.`,
      { hint: `rally review ${view.id} --edit` },
    );
  const commit = view.baseSha;
  if (commit === null)
    throw new Problem("conflict", `It is not known which commit ${view.id} reviewed.`, {
      hint: `rally retry ${view.id}`,
    });
  const github = await world.github(owner.host);
  const posted = await postOnce(world, github, view, { repo: owner.repo, number: view.number, commit, text });
  record(world.store, { actor: call.actor, at: world.now() }, [
    { layer: "gate", event: "review_posted", dispatchId: view.id, why: posted.url, data: { commit } },
  ]);
  const moved =
    view.target?.head && view.target.head !== commit
      ? [`The pull request has new commits since ${commit.slice(0, 9)}; the review says so by its commit.`]
      : [];
  return said(
    `Posted on pull request #${view.number}: ${posted.url}`,
    { id: view.id, url: posted.url, commit },
    { aside: moved },
  );
}

type Posting = {
  readonly repo: string;
  readonly number: number;
  readonly commit: string;
  readonly text: string;
};

/** Whoever posted it may have died before that was journaled: then GitHub is asked, so that it is there once. */
async function postOnce(world: World, github: GitHub, view: DispatchView, posting: Posting) {
  const { repo, number, commit, text } = posting;
  if (!reviewTold(world.store, view.id, commit) && (await isPosted(github, posting)))
    return { url: view.url ?? "" };
  return github.createReview(repo, number, { body: text, commit });
}

async function isPosted(github: GitHub, { repo, number, commit, text }: Posting): Promise<boolean> {
  const plain = (body: string) => body.replaceAll("\r\n", "\n").trim();
  const alike = (await github.reviews(repo, number)).filter(
    (one) => one.commit === commit && plain(one.body) === plain(text),
  );
  if (alike.length === 0) return false;
  const { login } = await github.viewer();
  return alike.some((one) => one.author === login);
}
