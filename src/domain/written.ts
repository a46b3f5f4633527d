/** How somebody stands to a repository, as GitHub says (`author_association`). */
export type Association = "owner" | "member" | "collaborator" | "contributor" | "none";

/** Only the words of people who may write to the repository count as instruction (safety: issue text is data). */
export function mayInstruct(association: Association): boolean {
  return association === "owner" || association === "member" || association === "collaborator";
}

/** Something that somebody wrote. */
export type Said = { readonly author: string; readonly association: Association; readonly body: string };

export type Comment = Said & { readonly createdAt: string };

/** What an issue and a pull request have in common. */
export type Written = Said & {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly labels: readonly string[];
};

export type ChangedFile = {
  readonly path: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
};

export type Review = Said & {
  readonly state: "approved" | "changes_requested" | "commented" | "dismissed";
  readonly commit: string;
  readonly submittedAt: string;
};

export type ReviewComment = Comment & {
  readonly path: string;
  readonly line: number | null;
  readonly resolved: boolean;
};
