import type { Scope } from "../events.ts";
import {
  type Comment,
  type Hashes,
  isReviewed,
  looked,
  NO_NOTES,
  type Notes,
  withoutComments,
} from "../review/notes.ts";
import type { Diff, DiffFile } from "../review/patch.ts";
import { around, placed, type ReviewLine, reviewLines } from "../review/placing.ts";

/** The review of one dispatch's changes: one continuous diff, a cursor in it, and what was noted. */
export type Review = {
  readonly id: number;
  readonly scope: Scope;
  /** Null while it is read. */
  readonly diff: Diff | null;
  readonly trouble: string | null;
  /** What the diff is told from, where that is not what the scope is called. */
  readonly from: string | null;
  /** Of all the work, whatever the scope shows of it. */
  readonly whole: Hashes;
  readonly head: string | null;
  readonly notes: Notes;
  /** The notes that were kept have been read. */
  readonly noted: boolean;
  /** Index of the line under the cursor. */
  readonly at: number;
  readonly first: number;
  /** The list of files is shown where there is room. */
  readonly files: boolean;
};

export function openReview(id: number): Review {
  return {
    id,
    scope: "base",
    diff: null,
    trouble: null,
    from: null,
    whole: {},
    head: null,
    notes: NO_NOTES,
    noted: false,
    at: 0,
    first: 0,
    files: true,
  };
}

export function reviewMoved(review: Review, by: number): Review {
  const last = Math.max(1, linesIn(review).length) - 1;
  return { ...review, at: Math.max(0, Math.min(last, review.at + by)) };
}

/** To the next or the previous hunk, file or comment; stays where there is none. */
export function reviewJumped(review: Review, to: "hunk" | "file" | "comment", by: 1 | -1): Review {
  const lines = linesIn(review);
  for (let at = review.at + by; at >= 0 && at < lines.length; at += by) {
    const line = lines[at];
    if (line && isStop(review, line, at, to)) return { ...review, at };
  }
  return review;
}

function isStop(review: Review, line: ReviewLine, at: number, to: "hunk" | "file" | "comment"): boolean {
  if (to === "file") return line.kind === "file";
  if (to === "hunk") return line.kind === "hunk";
  return commentsAt(review, at).length > 0;
}

/** Everything that is scrolled through: the diff, and at its end the comments whose lines are gone. */
export function linesIn(review: Review): readonly ReviewLine[] {
  return review.diff ? reviewLines(review.diff, review.notes.comments) : [];
}

/** Comments on one line. */
export function commentsAt(review: Review, at: number): readonly Comment[] {
  const { diff, notes } = review;
  const line = linesIn(review)[at];
  if (!diff || notes.comments.length === 0 || !line) return [];
  if (line.kind === "outdated") return [line.comment];
  return placed(diff, notes.comments).flatMap((one) => (one.at === at ? [one.comment] : []));
}

/** Whether a comment can stand on the line under the cursor. */
export function canComment(review: Review): boolean {
  const line = linesIn(review)[review.at];
  return line !== undefined && line.kind !== "file" && line.kind !== "hunk" && line.kind !== "outdated";
}

export function commented(review: Review, text: string): Review {
  const { diff, at } = review;
  const line = diff?.lines[at];
  const path = line && diff.files[line.file]?.path;
  if (!line || path === undefined || line.kind === "file" || line.kind === "hunk" || text.trim() === "")
    return review;
  const old = line.kind === "removed";
  const number = line.kind === "note" ? null : old ? line.old : line.now;
  const comment: Comment = {
    path,
    line: number,
    side: old ? "old" : "now",
    code: line.text,
    ...around(diff, at),
    text: text.trim(),
  };
  return withNotes(review, { ...review.notes, comments: [...review.notes.comments, comment] });
}

/** Without the comments on the line under the cursor. */
export function uncommented(review: Review): Review {
  const gone = commentsAt(review, review.at);
  return withNotes(review, {
    ...review.notes,
    comments: review.notes.comments.filter((comment) => !gone.includes(comment)),
  });
}

/** Marks the file under the cursor as reviewed and goes to the next that is not; a marked one is unmarked. */
export function reviewMarked(review: Review): Review {
  const { diff, notes } = review;
  const file = fileAt(review);
  if (!diff || !file) return review;
  const { [file.path]: _, ...others } = notes.reviewed;
  const isDone = (of: Review, one: DiffFile) => isReviewed(of.notes, of.whole, one);
  if (isDone(review, file)) return withNotes(review, { ...notes, reviewed: others });
  const hash = review.whole[file.path] ?? file.hash;
  const marked = withNotes(review, { ...notes, reviewed: { ...others, [file.path]: hash } });
  const next = diff.files.find((one) => one.first > file.first && !isDone(marked, one));
  return next ? { ...marked, at: next.first } : marked;
}

export function fileAt(review: Review) {
  const line = review.diff?.lines[review.at];
  return line ? (review.diff?.files[line.file] ?? null) : null;
}

export function reviewedCount(review: Review): number {
  return review.diff?.files.filter((file) => isReviewed(review.notes, review.whole, file)).length ?? 0;
}

/** Scrolled so that the cursor is on a screen of so many lines, with a few around it. */
export function reviewScrolled(review: Review, lines: number): Review {
  const margin = Math.max(0, Math.min(3, Math.floor((lines - 1) / 2)));
  const count = linesIn(review).length;
  const most = Math.max(0, count - lines);
  const lowest = review.at - lines + 1 + margin;
  const first = Math.max(0, Math.min(most, Math.max(lowest, Math.min(review.first, review.at - margin))));
  return first === review.first ? review : { ...review, first };
}

function withNotes(review: Review, notes: Notes): Review {
  return { ...review, notes: looked(notes, { head: review.head, seen: review.whole }) };
}

/** These comments are with the agent; what was written since is not. */
export function sent(review: Review, comments: readonly Comment[]): Review {
  return withNotes(review, withoutComments(review.notes, comments));
}
