import type { Scope } from "../events.ts";
import { type Blocks, blocksOf } from "../review/blocks.ts";
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

/** The part of the screen that it is read in. */
export type Room = { readonly lines: number; readonly width: number };

/** The cursor on a line, or on the nearest there is. */
export function reviewAt(review: Review, line: number): Review {
  const last = Math.max(1, linesIn(review).length) - 1;
  return { ...review, at: Math.max(0, Math.min(last, line)) };
}

/** By so many lines. A comment that is longer than the screen is first scrolled through, as nobody could read it else. */
export function reviewMoved(review: Review, by: number, room: Room): Review {
  const blocks = blocksIn(review, room.width);
  const far = Math.abs(by) >= linesIn(review).length;
  const { at, first } = review;
  const hidden = by > 0 ? blocks.endOf(at) - first - room.lines : first - blocks.topOf(at);
  if (far || hidden <= 0) return reviewAt(review, at + by);
  return { ...review, first: first + Math.sign(by) * Math.min(Math.abs(by), hidden) };
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

/** What is scrolled through, in rows of so many columns. */
export function blocksIn({ diff, notes }: Review, width: number): Blocks {
  return blocksOf(diff ?? NO_DIFF, notes.comments, width);
}

const NO_DIFF: Diff = { files: [], lines: [], added: 0, removed: 0 };

/** Comments on one line. */
export function commentsAt(review: Review, at: number): readonly Comment[] {
  const { diff, notes } = review;
  const line = linesIn(review)[at];
  if (!diff || notes.comments.length === 0 || !line) return [];
  if (line.kind === "outdated") return [line.comment];
  return placed(diff, notes.comments).flatMap((one) => (one.at === at ? [one.comment] : []));
}

/** What there is to write on under the cursor: the comments that stand there, else one without words; none where none can stand. */
export function toComment(review: Review): readonly Comment[] {
  const { diff, at } = review;
  const there = commentsAt(review, at);
  if (there.length > 0) return there;
  const line = diff?.lines[at];
  const path = line && diff.files[line.file]?.path;
  if (!line || path === undefined || line.kind === "file" || line.kind === "hunk") return [];
  const old = line.kind === "removed";
  const number = line.kind === "note" ? null : old ? line.old : line.now;
  return [
    {
      path,
      line: number,
      side: old ? "old" : "now",
      code: line.text,
      ...around(diff, at),
      text: "",
    },
  ];
}

/** The words of comments as one text. */
export function textOf(comments: readonly Comment[]): string {
  return comments.map(({ text }) => text).join("\n");
}

/** One comment with these words in the place of others, at the line that they were about; without words, none. */
export function commented(review: Review, of: readonly Comment[], text: string): Review {
  const [first] = of;
  const words = text.trim();
  if (!first || words === textOf(of)) return review;
  const isOld = (one: Comment) => of.some((old) => Bun.deepEquals(old, one));
  const { comments } = review.notes;
  const others = comments.filter((one) => !isOld(one));
  const index = comments.findIndex(isOld);
  // What was sent meanwhile is not there any more; what was then changed is new to the agent.
  const place = index < 0 ? others.length : index;
  const said = words === "" ? [] : [{ ...first, text: words }];
  return withNotes(review, {
    ...review.notes,
    comments: [...others.slice(0, place), ...said, ...others.slice(place)],
  });
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

/**
 * Scrolled so that the cursor's line is on the screen with its comments and a few rows around them; of comments that are
 * longer than the screen a part, and nothing else.
 */
export function reviewScrolled(review: Review, { lines, width }: Room): Review {
  const blocks = blocksIn(review, width);
  const [top, end] = [blocks.topOf(review.at), blocks.endOf(review.at)];
  const margin = Math.max(0, Math.min(3, Math.floor((lines - end + top) / 2)));
  const edges = [top - margin, end + margin - lines] as const;
  const near = Math.max(Math.min(...edges), Math.min(review.first, Math.max(...edges)));
  const first = Math.max(0, Math.min(blocks.count - lines, near));
  return first === review.first ? review : { ...review, first };
}

function withNotes(review: Review, notes: Notes): Review {
  return { ...review, notes: looked(notes, { head: review.head, seen: review.whole }) };
}

/** These comments are with the agent; what was written since is not. */
export function sent(review: Review, comments: readonly Comment[]): Review {
  return withNotes(review, withoutComments(review.notes, comments));
}
