import type { Diff } from "./patch.ts";

/** What a person noted about a line of a diff. */
export type Comment = {
  readonly path: string;
  /** The line's number now, or before where it was removed. */
  readonly line: number | null;
  readonly side: "now" | "old";
  /** The line itself, so that the comment is understood and found again when lines have moved. */
  readonly code: string;
  readonly text: string;
};

/** Comments that are not sent yet, and the changes that were reviewed, by content: another content is unreviewed again. */
export type Notes = {
  readonly comments: readonly Comment[];
  /** Path → hash of the change. */
  readonly reviewed: Readonly<Record<string, string>>;
  /** The commit at which it was last reviewed. */
  readonly head: string | null;
};

export const NO_NOTES: Notes = { comments: [], reviewed: {}, head: null };

/** What was kept; anything that cannot be read counts as nothing. */
export function readNotes(text: string | null): Notes {
  if (text === null) return NO_NOTES;
  try {
    const kept = JSON.parse(text) as Partial<Notes>;
    return {
      comments: Array.isArray(kept.comments) ? kept.comments : [],
      reviewed: typeof kept.reviewed === "object" && kept.reviewed !== null ? kept.reviewed : {},
      head: typeof kept.head === "string" ? kept.head : null,
    };
  } catch {
    return NO_NOTES;
  }
}

/** One message for the agent: every comment with its place and the line that it is about. */
export function messageOf(notes: Notes): string {
  const parts = notes.comments.map((comment, index) => {
    const place = comment.line === null ? comment.path : `${comment.path}:${comment.line}`;
    const gone = comment.side === "old" ? " (a line that was removed)" : "";
    return `${index + 1}. ${place}${gone}\n   > ${comment.code.trim()}\n   ${comment.text.replaceAll("\n", "\n   ")}`;
  });
  const one = notes.comments.length === 1;
  return `${one ? "A comment" : `${notes.comments.length} comments`} on your changes. Please address ${one ? "it" : "each of them"}.\n\n${parts.join("\n\n")}`;
}

export function isReviewed(notes: Notes, file: { readonly path: string; readonly hash: string }): boolean {
  return notes.reviewed[file.path] === file.hash;
}

/** Without marks of files that are no longer in the whole diff, so that they do not pile up. */
export function withoutStale(notes: Notes, diff: Diff): Notes {
  const there = new Set(diff.files.map((file) => file.path));
  const reviewed = Object.fromEntries(Object.entries(notes.reviewed).filter(([path]) => there.has(path)));
  return { ...notes, reviewed };
}
