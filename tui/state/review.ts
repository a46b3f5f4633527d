import type { Scope } from "../events.ts";
import { type Comment, isReviewed, NO_NOTES, type Notes } from "../review/notes.ts";
import type { Diff, DiffLine } from "../review/patch.ts";

/** The review of one dispatch's changes: one continuous diff, a cursor in it, and what was noted. */
export type Review = {
  readonly id: number;
  readonly scope: Scope;
  /** Null while it is read. */
  readonly diff: Diff | null;
  readonly trouble: string | null;
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
    notes: NO_NOTES,
    noted: false,
    at: 0,
    first: 0,
    files: true,
  };
}

export function reviewMoved(review: Review, by: number): Review {
  const last = (review.diff?.lines.length ?? 1) - 1;
  return { ...review, at: Math.max(0, Math.min(last, review.at + by)) };
}

/** To the next or the previous hunk, file or comment; stays where there is none. */
export function reviewJumped(review: Review, to: "hunk" | "file" | "comment", by: 1 | -1): Review {
  const lines = review.diff?.lines ?? [];
  for (let at = review.at + by; at >= 0 && at < lines.length; at += by) {
    const line = lines[at];
    if (line && isStop(review, line, to)) return { ...review, at };
  }
  return review;
}

function isStop(review: Review, line: DiffLine, to: "hunk" | "file" | "comment"): boolean {
  if (to === "file") return line.kind === "file";
  if (to === "hunk") return line.kind === "hunk";
  return commentsAt(review, line).length > 0;
}

/** Comments on one line. */
export function commentsAt(review: Review, line: DiffLine): readonly Comment[] {
  if (review.notes.comments.length === 0 || line.kind === "file" || line.kind === "hunk") return [];
  const path = review.diff?.files[line.file]?.path;
  return review.notes.comments.filter((comment) => comment.path === path && stands(comment, line));
}

function stands(comment: Comment, line: DiffLine): boolean {
  if (line.kind === "file" || line.kind === "hunk" || comment.code !== line.text) return false;
  if (line.kind === "note") return comment.line === null;
  return comment.line === (comment.side === "old" ? line.old : line.now);
}

/** Whether a comment can stand on the line under the cursor. */
export function canComment(review: Review): boolean {
  const line = review.diff?.lines[review.at];
  return line !== undefined && line.kind !== "file" && line.kind !== "hunk";
}

export function commented(review: Review, text: string): Review {
  const line = review.diff?.lines[review.at];
  const path = line && review.diff?.files[line.file]?.path;
  if (!line || path === undefined || line.kind === "file" || line.kind === "hunk" || text.trim() === "")
    return review;
  const old = line.kind === "removed";
  const number = line.kind === "note" ? null : old ? line.old : line.now;
  const comment: Comment = {
    path,
    line: number,
    side: old ? "old" : "now",
    code: line.text,
    text: text.trim(),
  };
  return withNotes(review, { ...review.notes, comments: [...review.notes.comments, comment] });
}

/** Without the comments on the line under the cursor. */
export function uncommented(review: Review): Review {
  const line = review.diff?.lines[review.at];
  if (!line) return review;
  const gone = commentsAt(review, line);
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
  if (isReviewed(notes, file)) return withNotes(review, { ...notes, reviewed: others });
  const marked = withNotes(review, { ...notes, reviewed: { ...others, [file.path]: file.hash } });
  const next = diff.files.find((one) => one.first > file.first && !isReviewed(marked.notes, one));
  return next ? { ...marked, at: next.first } : marked;
}

export function fileAt(review: Review) {
  const line = review.diff?.lines[review.at];
  return line ? (review.diff?.files[line.file] ?? null) : null;
}

export function reviewedCount(review: Review): number {
  return review.diff?.files.filter((file) => isReviewed(review.notes, file)).length ?? 0;
}

/** Scrolled so that the cursor is on a screen of so many lines, with a few around it. */
export function reviewScrolled(review: Review, lines: number): Review {
  const margin = Math.max(0, Math.min(3, Math.floor((lines - 1) / 2)));
  const count = review.diff?.lines.length ?? 0;
  const most = Math.max(0, count - lines);
  const lowest = review.at - lines + 1 + margin;
  const first = Math.max(0, Math.min(most, Math.max(lowest, Math.min(review.first, review.at - margin))));
  return first === review.first ? review : { ...review, first };
}

function withNotes(review: Review, notes: Notes): Review {
  return { ...review, notes };
}
