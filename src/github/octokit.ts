import { type ClientOptions, client } from "./client.ts";
import type { GitHub } from "./github.ts";
import { reads } from "./reads.ts";
import { reviewComments } from "./threads.ts";
import { createPull, createReview } from "./writes.ts";

/**
 * GitHub over HTTP. Every failure is a Problem as the port promises, and no token is in any of them. Throws `config`
 * at once for an API URL or a token that cannot be one.
 */
export function octokitGitHub(options: ClientOptions): GitHub {
  const made = client(options);
  const read = reads(made);
  return {
    ...read,
    reviewComments: (repo, number) => reviewComments(made, repo, number),
    createPull: (repo, pull) => createPull(made, read, repo, pull),
    createReview: (repo, number, review) => createReview(made, read, repo, number, review),
    budget: made.budget,
  };
}
