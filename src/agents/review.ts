import type { Pulled } from "./context-pull.ts";

export type ReviewRequest = {
  readonly pull: Pulled;
  readonly base: string;
  /** What the person who dispatched it wrote: replaces the built-in task. */
  readonly instructions: string | null;
  readonly review: { readonly template: string | null; readonly models: readonly string[] };
};

/**
 * What a pull-request dispatch asks for: a review by several models and one `REVIEW.md`. The person's own words come
 * first, then the configured template, then this; each replaces the next whole, except where the file goes.
 */
export function reviewTask(request: ReviewRequest): string {
  const own = request.instructions ?? request.review.template;
  return `${own ? own.trim() : standard(request)}\n\n${RESULT}`;
}

const RESULT = "Write the review into `.rally/run/REVIEW.md`. Change no other file.";

function standard(request: ReviewRequest): string {
  const { pull, review } = request;
  return [
    `Review pull request #${pull.number} at its head, commit \`${pull.head}\`. See what it changes with \`git diff ${pull.base}...HEAD\`. Read the code around each change, not only the change; run the tests where you may.`,
    "",
    byModels(review.models),
    "",
    "The review has these parts, in this order:",
    "",
    "1. `# Review of #" +
      `${pull.number}` +
      "`, then one line `Verdict: approve`, `Verdict: comment` or `Verdict: request changes`, then a summary of at most five sentences.",
    "2. `## Findings`, with `### Critical`, `### High`, `### Medium`, `### Low`, as far as there are any. Each finding is one list item: `path/to/file:line`, what is wrong, what follows from it, how to put it right, and which reviewers found it. No finding without a file and a line that you have seen.",
    "3. `## Agreement`: a table with one row a finding and one column a reviewer (found, not found, disagrees).",
    "4. `## Not checked`: what you could not check, and why.",
    "",
    "Look for wrong behaviour, lost data, security, races and missing tests before style. If there is nothing to criticise, say so; do not invent findings.",
  ].join("\n");
}

function byModels(models: readonly string[]): string {
  if (models.length < 2)
    return "Review it twice, independently: the second time as another reviewer (a sub-agent, where you have them) who has not seen the first result. Then consolidate.";
  const names = models.map((model) => `\`${model}\``).join(", ");
  return `Have it reviewed independently by one sub-agent for each of these models: ${names}, at the same time where you can, none of them seeing another's result. If one is not available to you, take another and say so in the review. Then consolidate: merge what is the same, check each finding yourself in the code, and drop what does not hold.`;
}
