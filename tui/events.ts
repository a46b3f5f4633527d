import type { DashboardData } from "../src/app/dashboard-data.ts";
import type { OpenTarget } from "../src/app/dashboard-texts.ts";
import type { Line } from "../src/app/reply.ts";
import type { Time } from "../src/domain/words.ts";
import type { Edit, Field } from "./field.ts";
import type { Names } from "./palette.ts";
import type { Comment, Hashes, Notes } from "./review/notes.ts";
import type { Diff } from "./review/patch.ts";
import type { ThemeName } from "./theme.ts";

export const TABS = ["live", "diff", "issue", "log", "history"] as const;
export type Tab = (typeof TABS)[number];
export const SCOPES = ["base", "run", "review"] as const;
export type Scope = (typeof SCOPES)[number];
export const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  base: "since the base",
  run: "since the last run",
  review: "since my last review",
};
export const SORTS = ["attention", "newest", "title"] as const;
export type Sort = (typeof SORTS)[number];

/** What a preview shows. */
export type Doc =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | null }
  | { readonly kind: "lines"; readonly lines: readonly Line[]; readonly cut: boolean }
  | { readonly kind: "diff"; readonly diff: Diff };

/** Something to be done outside the state: by a line through the door, or by the screen itself. */
export type Act =
  | { readonly do: "event"; readonly event: Event }
  /** Lines of words, one after the other; the cursor may go to what they dispatched. */
  | { readonly do: "lines"; readonly lines: readonly (readonly string[])[]; readonly land?: true }
  /** A line that a person typed. */
  | { readonly do: "say"; readonly text: string }
  /** The answer to something that a command asked. */
  | { readonly do: "answer"; readonly ask: number; readonly value: readonly number[] | boolean }
  | { readonly do: "clean"; readonly ids: readonly number[] }
  | { readonly do: "send"; readonly id: number }
  | { readonly do: "open"; readonly url: string }
  /** The status page of a dispatch. */
  | { readonly do: "page"; readonly id: number }
  | { readonly do: "copy"; readonly text: string }
  /** Several acts, in order. */
  | { readonly do: "all"; readonly acts: readonly Act[] }
  | { readonly do: "edit"; readonly path: string; readonly line?: number }
  | { readonly do: "attach"; readonly id: number; readonly stop: boolean }
  | { readonly do: "reload" | "suspend" | "quit" | "theme" };

/** One way on in a question. */
export type Choice = {
  readonly key: string;
  readonly label: string;
  readonly act: Act | null;
  readonly danger?: true;
};

export type MenuItem = {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  /** Why it cannot be done now. */
  readonly why: string | null;
  readonly act: Act | null;
};

/** What is to become of a text that was asked for: the last word of lines, or the value of the flag that they end with. */
export type Purpose =
  | { readonly kind: "line"; readonly lines: readonly (readonly string[])[] }
  /** The comments that it takes the place of; a new one has no words yet. */
  | { readonly kind: "comment"; readonly of: readonly Comment[] }
  | { readonly kind: "search" };

export type Overlay =
  | {
      readonly kind: "menu";
      readonly title: string;
      readonly items: readonly MenuItem[];
      readonly at: number;
    }
  | { readonly kind: "palette"; readonly field: Field; readonly at: number; readonly names: Names }
  | {
      readonly kind: "confirm";
      readonly title: string;
      readonly lines: readonly Line[];
      readonly choices: readonly Choice[];
      readonly scroll: number;
      /** The question of a command; unanswered, it is a no. */
      readonly ask: number | null;
    }
  | {
      readonly kind: "pick";
      readonly title: string;
      readonly labels: readonly string[];
      readonly field: Field;
      readonly at: number;
      readonly marked: readonly number[];
      readonly many: boolean;
      readonly ask: number;
    }
  | {
      readonly kind: "input";
      readonly title: string;
      readonly about: string;
      readonly field: Field;
      readonly purpose: Purpose;
    }
  | {
      readonly kind: "message";
      readonly title: string;
      readonly lines: readonly Line[];
      readonly scroll: number;
    }
  | { readonly kind: "help"; readonly scroll: number }
  | { readonly kind: "filter"; readonly field: Field };

export type Notice = {
  readonly text: string;
  readonly tone: "good" | "bad" | "warn";
  readonly hint: string | null;
  /** More lines, which `enter` opens. */
  readonly more: readonly Line[];
  readonly until: Time | null;
};

export type Event =
  | { readonly type: "resized"; readonly width: number; readonly height: number }
  | { readonly type: "ticked"; readonly now: Time }
  | { readonly type: "themed"; readonly theme: ThemeName }
  | { readonly type: "loaded"; readonly data: DashboardData }
  | { readonly type: "move"; readonly by: number }
  | { readonly type: "point"; readonly key: string }
  /** What a person dispatched is there; `moves` is what the list had counted when they did. */
  | { readonly type: "landed"; readonly id: number; readonly moves: number }
  | { readonly type: "next_needy" | "mark" | "unmark" | "mark_all" | "sort" | "all" }
  | { readonly type: "filter"; readonly text: string }
  | { readonly type: "tab"; readonly tab: Tab }
  | { readonly type: "doc"; readonly key: string; readonly doc: Doc }
  | { readonly type: "tail"; readonly key: string; readonly lines: readonly string[]; readonly cut: boolean }
  | { readonly type: "scroll"; readonly by: number }
  | { readonly type: "follow" | "wrap" | "match" | "match_back" }
  | { readonly type: "searched"; readonly text: string }
  | { readonly type: "screen"; readonly screen: "fleet" | "detail" }
  | { readonly type: "opened"; readonly overlay: Overlay }
  | { readonly type: "closed" }
  | { readonly type: "typed"; readonly edit: Edit }
  | { readonly type: "completed"; readonly text: string }
  | { readonly type: "named"; readonly names: Names }
  | { readonly type: "chose"; readonly by: number }
  | { readonly type: "choose_at"; readonly at: number }
  | { readonly type: "marked_choice" }
  | { readonly type: "notice"; readonly notice: Notice | null }
  | { readonly type: "busy"; readonly id: number; readonly text: string | null }
  | { readonly type: "unanswered"; readonly ask: number }
  | { readonly type: "review"; readonly id: number }
  | {
      readonly type: "reviewing";
      readonly id: number;
      readonly scope: Scope;
      readonly diff: Diff;
      readonly whole: Hashes;
      readonly head: string | null;
      /** What it is told from, where that is not what the scope is called. */
      readonly from: string | null;
      readonly notes: Notes;
    }
  | { readonly type: "review_failed"; readonly id: number; readonly message: string }
  | { readonly type: "review_move"; readonly by: number }
  | { readonly type: "review_jump"; readonly to: "hunk" | "file" | "comment"; readonly by: 1 | -1 }
  | { readonly type: "review_at"; readonly line: number }
  | { readonly type: "review_scope"; readonly scope: Scope }
  | { readonly type: "review_mark" | "review_uncomment" | "review_files" | "review_left" }
  /** The agent of that dispatch has these; whoever looks at another by now keeps theirs. */
  | { readonly type: "review_sent"; readonly id: number; readonly comments: readonly Comment[] }
  | { readonly type: "review_comment"; readonly of: readonly Comment[]; readonly text: string }
  | { readonly type: "create"; readonly project: number }
  | {
      readonly type: "targets";
      readonly project: number;
      readonly targets: readonly OpenTarget[];
      readonly trouble: string | null;
    }
  | { readonly type: "create_typed"; readonly edit: Edit }
  | { readonly type: "create_move"; readonly by: number }
  | { readonly type: "create_at"; readonly at: number }
  | { readonly type: "create_mark" | "create_option" | "create_left" | "create_task" }
  | { readonly type: "create_field"; readonly by: 1 | -1 };
