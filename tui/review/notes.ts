import type { Diff, DiffFile } from "./patch.ts";
import type { Placed } from "./placing.ts";

/** What a person noted about a line of a diff. */
export type Comment = {
  readonly path: string;
  /** The line's number now, or before where it was removed. */
  readonly line: number | null;
  readonly side: "now" | "old";
  /** The line itself, so that the comment is understood and found again when lines have moved. */
  readonly code: string;
  /** The lines around it: many lines are alike. Null at an end. */
  readonly before: string | null;
  readonly after: string | null;
  readonly text: string;
};

/** Path → hash of the whole change of that file. */
export type Hashes = Readonly<Record<string, string>>;

/** The work as it was when something was noted. */
export type Look = { readonly head: string | null; readonly seen: Hashes };

/** Comments that are not sent yet, and the changes that were reviewed, by content: another content is unreviewed again. */
export type Notes = {
  readonly comments: readonly Comment[];
  readonly reviewed: Hashes;
  /** Where something was noted last, and where before the work changed. */
  readonly last: Look | null;
  readonly earlier: Look | null;
};

export const NO_NOTES: Notes = { comments: [], reviewed: {}, last: null, earlier: null };

/** What was kept; anything that cannot be read counts as nothing. */
export function readNotes(text: string | null): Notes {
  if (text === null) return NO_NOTES;
  try {
    const kept = JSON.parse(text) as Partial<Record<keyof Notes, unknown>>;
    return {
      comments: Array.isArray(kept.comments) ? kept.comments.flatMap(readComment) : [],
      reviewed: readHashes(kept.reviewed),
      last: readLook(kept.last),
      earlier: readLook(kept.earlier),
    };
  } catch {
    return NO_NOTES;
  }
}

function readComment(kept: unknown): Comment[] {
  const found = kept as Partial<Comment> | null;
  if (typeof found?.path !== "string" || typeof found.text !== "string") return [];
  const { path, text } = found;
  const line = typeof found.line === "number" ? found.line : null;
  const around = (one: unknown) => (typeof one === "string" ? one : null);
  return [
    {
      ...{ path, line, text, side: found.side === "old" ? "old" : "now" },
      ...{ code: found.code ?? "", before: around(found.before), after: around(found.after) },
    },
  ];
}

function readHashes(kept: unknown): Hashes {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([, hash]) => typeof hash === "string"));
}

function readLook(kept: unknown): Look | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { head, seen } = kept as Partial<Look>;
  return { head: typeof head === "string" ? head : null, seen: readHashes(seen) };
}

export function hashesOf(diff: Diff): Hashes {
  return Object.fromEntries(diff.files.map((file) => [file.path, file.hash]));
}

/** Something was noted about the work as it is now: what was looked at before it changed is kept apart. */
export function looked(notes: Notes, now: Look): Notes {
  if (notes.last && Bun.deepEquals(notes.last.seen, now.seen)) return { ...notes, last: now };
  return { ...notes, last: now, earlier: notes.last };
}

/** What the work was at my last review; while it has not changed, at the one before. Null: there was none. */
export function lastReview(notes: Notes, now: Hashes): Look | null {
  if (notes.last === null) return null;
  return Bun.deepEquals(notes.last.seen, now) ? notes.earlier : notes.last;
}

/** One message for the agent: every comment with its place as it is now, and the line that it is about. `all`: they were placed in all of the changes. */
export function messageOf(placed: readonly Placed[], all: boolean): string {
  const parts = placed.map(({ comment, line, outdated }, index) => {
    const number = line ?? comment.line;
    const place = number === null ? comment.path : `${comment.path}:${number}`;
    const gone =
      outdated && all
        ? " (no longer in the changes)"
        : comment.side === "old"
          ? " (a line that was removed)"
          : "";
    return `${index + 1}. ${place}${gone}\n   > ${comment.code.trim()}\n   ${comment.text.replaceAll("\n", "\n   ")}`;
  });
  const one = placed.length === 1;
  return `${one ? "A comment" : `${placed.length} comments`} on your changes. Please address ${one ? "it" : "each of them"}.\n\n${parts.join("\n\n")}`;
}

/** Whatever part of its change is shown, the whole of it is what counts. */
export function isReviewed(notes: Notes, whole: Hashes, file: DiffFile): boolean {
  return notes.reviewed[file.path] === (whole[file.path] ?? file.hash);
}

/** Without marks of files that have no change any more, so that they do not pile up. */
export function withoutStale(notes: Notes, whole: Hashes): Notes {
  const reviewed = Object.fromEntries(Object.entries(notes.reviewed).filter(([path]) => path in whole));
  return { ...notes, reviewed };
}

/** Without the comments that were sent, however they were kept meanwhile. */
export function withoutComments(notes: Notes, sent: readonly Comment[]): Notes {
  const comments = notes.comments.filter((one) => !sent.some((gone) => Bun.deepEquals(gone, one)));
  return { ...notes, comments };
}
