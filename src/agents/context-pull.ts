import type { ChangedFile, Comment, Review, ReviewComment, Written } from "../domain/written.ts";
import { cleanLine } from "./clean.ts";
import { fence, fenceData } from "./fence.ts";

export type Pulled = Written & {
  readonly kind: "pr";
  readonly comments: readonly Comment[];
  /** The commit that is reviewed. */
  readonly head: string;
  readonly base: string;
  readonly files: readonly ChangedFile[];
  readonly reviews: readonly Pick<Review, "author" | "association" | "state" | "body">[];
  readonly threads: readonly Omit<ReviewComment, "createdAt">[];
};

const FILES_MAX = 300;
const SAID_MAX = 50;

/** Files with the size of their changes, reviews so far and review threads, fenced; about `budget` characters in all. */
export function pullParts(marker: string, pull: Pulled, budget: number): string[] {
  const third = Math.floor(budget / 3);
  return [files(marker, pull, third), ...reviews(marker, pull, third), ...threads(marker, pull, third)];
}

function files(marker: string, pull: Pulled, maxChars: number): string {
  const added = pull.files.reduce((sum, file) => sum + file.additions, 0);
  const deleted = pull.files.reduce((sum, file) => sum + file.deletions, 0);
  const lines = pull.files
    .slice(0, FILES_MAX)
    .map((file) => `${file.status} ${cleanLine(file.path)} +${file.additions} -${file.deletions}`);
  const more = pull.files.length > FILES_MAX ? [`… and ${pull.files.length - FILES_MAX} more files`] : [];
  const summary = `${pull.files.length} files, +${added} -${deleted}`;
  return fenceData(marker, `changed files: ${summary}`, [...lines, ...more].join("\n"), maxChars);
}

function reviews(marker: string, pull: Pulled, maxChars: number): string[] {
  const said = pull.reviews.filter((review) => review.body.trim() !== "");
  const each = Math.floor(maxChars / Math.max(1, Math.min(said.length, SAID_MAX)));
  return newest(said, "reviews", (review) =>
    fence(marker, `review (${cleanLine(review.state, 30)})`, review, each),
  );
}

function threads(marker: string, pull: Pulled, maxChars: number): string[] {
  const each = Math.floor(maxChars / Math.max(1, Math.min(pull.threads.length, SAID_MAX)));
  return newest(pull.threads, "review threads", (thread) => {
    const where = `${cleanLine(thread.path)}${thread.line === null ? "" : `:${thread.line}`}`;
    return fence(marker, `review thread at ${where}${thread.resolved ? ", resolved" : ""}`, thread, each);
  });
}

function newest<T>(all: readonly T[], what: string, show: (one: T) => string): string[] {
  const kept = all.slice(-SAID_MAX).map(show);
  const missing = all.length - kept.length;
  return missing > 0 ? [`(${missing} earlier ${what} are left out.)`, ...kept] : kept;
}
