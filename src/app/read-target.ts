import type { TargetRef } from "../domain/grammar-refs.ts";
import { Problem } from "../domain/problem.ts";
import type { GitHub, Repo } from "../github/github.ts";
import type { Frozen } from "../runs/frozen.ts";
import type { ProjectRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import { isFork, trustWarnings } from "./trust.ts";

/** An issue or pull request as it is now: to be frozen with the dispatch. */
export type ReadTarget = {
  readonly kind: "issue" | "pr";
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly author: string;
  readonly state: "open" | "closed" | "merged";
  /** A pull request's head commit and base branch. */
  readonly head: string | null;
  readonly base: string | null;
  readonly fork: boolean;
  readonly context: Frozen["target"];
  readonly warnings: readonly string[];
};

/** Asks GitHub for all of it, side by side. Throws `missing`, or `github` in one of its own sentences. */
export async function readTarget(world: World, owner: ProjectRow, ref: TargetRef): Promise<ReadTarget> {
  const repo = owner.repo ?? "";
  const github = await world.github(owner.host);
  if (ref.kind === "pr") return readPull(github, repo, ref.number);
  const about = github.repo(repo).catch(() => null);
  const issue = github.issue(repo, ref.number);
  const comments = github.comments(repo, ref.number);
  comments.catch(() => undefined);
  const found = await issue;
  if (found.isPull) {
    if (ref.kind === "issue")
      throw new Problem("usage", `#${ref.number} is a pull request, not an issue.`, {
        hint: `rally dispatch pr ${ref.number}`,
      });
    return readPull(github, repo, ref.number);
  }
  const warnings = await trustWarnings(github, {
    author: found.author,
    repo,
    ownerKind: (await about)?.ownerKind ?? null,
    pull: null,
    paths: [],
  });
  const { number, title, url, author, state } = found;
  const context = { ...found, kind: "issue" as const, comments: await comments };
  return {
    kind: "issue",
    number,
    title,
    url,
    author,
    state,
    head: null,
    base: null,
    fork: false,
    context,
    warnings,
  };
}

async function readPull(github: GitHub, repo: string, wanted: number): Promise<ReadTarget> {
  const [pull, files, comments, reviews, threads, about] = await Promise.all([
    github.pull(repo, wanted),
    github.files(repo, wanted),
    github.comments(repo, wanted),
    github.reviews(repo, wanted),
    github.reviewComments(repo, wanted),
    github.repo(repo).catch((): Repo | null => null),
  ]);
  const warnings = await trustWarnings(github, {
    author: pull.author,
    repo,
    ownerKind: about?.ownerKind ?? null,
    pull,
    paths: files.map((file) => file.path),
  });
  const { number, title, url, author, state } = pull;
  const context = {
    ...pull,
    kind: "pr" as const,
    head: pull.head.sha,
    base: pull.base.ref,
    files,
    comments,
    reviews,
    threads,
  };
  return {
    kind: "pr",
    number,
    title,
    url,
    author,
    state,
    head: pull.head.sha,
    base: pull.base.ref,
    fork: isFork(pull),
    context,
    warnings,
  };
}
