/**
 * GitHub's answers, as far as Rally reads them. The compiler holds them against the official description: what Octokit
 * returns must fit each of them.
 */
export type User = { readonly login: string };

type Label = string | { readonly name?: string | null | undefined };

export type Text = {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly html_url: string;
  readonly user: User | null;
  readonly state: string;
  readonly labels: readonly Label[];
  readonly author_association?: string | undefined;
  readonly updated_at: string;
};

/** An issue or a pull request, as `/issues` tells both. */
export type Issue = Text & { readonly pull_request?: object | undefined };

type Side = {
  readonly ref: string;
  readonly sha: string;
  /** `owner:branch`. */
  readonly label: string | null;
  readonly user: User | null;
  /** Null when the fork was deleted. */
  readonly repo: { readonly full_name: string } | null;
};

export type Pull = Text & {
  readonly draft?: boolean | undefined;
  readonly merged_at: string | null;
  readonly created_at: string;
  readonly head: Side;
  readonly base: Side & { readonly repo: { readonly full_name: string } };
  /** Absent in lists; null while it is being computed. */
  readonly mergeable?: boolean | null | undefined;
};

export type Comment = {
  readonly user: User | null;
  readonly author_association?: string | undefined;
  readonly body?: string | undefined;
  readonly created_at: string;
};

export type File = {
  readonly filename: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
};

export type Review = {
  readonly user: User | null;
  readonly author_association?: string | undefined;
  readonly state: string;
  readonly body: string;
  readonly html_url: string;
  readonly commit_id: string | null;
  readonly submitted_at?: string | undefined;
};

export type ReviewComment = Comment & {
  readonly id: number | bigint;
  readonly in_reply_to_id?: number | bigint | undefined;
  readonly path: string;
  readonly line?: number | null | undefined;
  readonly body: string;
};

export type Run = {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null; readonly summary: string | null };
};

export type Status = {
  readonly context: string;
  readonly state: string;
  readonly description?: string | null | undefined;
};

export type Repo = {
  readonly full_name: string;
  readonly default_branch: string;
  readonly private: boolean;
  readonly clone_url: string;
  readonly owner: { readonly type: string };
  readonly permissions?: { readonly push: boolean } | undefined;
  readonly parent?: { readonly full_name: string } | undefined;
};
