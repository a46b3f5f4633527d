import { SCOPE_NAMES, SCOPES } from "../events.ts";
import { fieldOf } from "../field.ts";
import { layoutOf } from "../layout.ts";
import type { State } from "../model.ts";
import { commentsAt, fileAt, textOf, toComment } from "../state/review.ts";
import { publish } from "./asks.ts";
import { type Binding, EVERY, event, open } from "./binding.ts";

/** Reading the changes of a dispatch, and saying what is to be changed. */
export const REVIEW: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up", "k"],
    name: "move",
    help: "one line up",
    where: ["review"],
    footer: 0,
    act: () => event({ type: "review_move", by: -1 }),
  },
  {
    keys: ["down", "j"],
    name: "down",
    help: "one line down",
    where: ["review"],
    act: () => event({ type: "review_move", by: 1 }),
  },
  {
    keys: ["pageup", "ctrl-b"],
    name: "page up",
    help: "a screen up",
    where: ["review"],
    act: (state) => event({ type: "review_move", by: -page(state) }),
  },
  {
    keys: ["pagedown", "ctrl-f", "space"],
    name: "page down",
    help: "a screen down",
    where: ["review"],
    act: (state) => event({ type: "review_move", by: page(state) }),
  },
  {
    keys: ["g", "home"],
    name: "top",
    help: "to the first line",
    where: ["review"],
    act: () => event({ type: "review_move", by: -EVERY }),
  },
  {
    keys: ["G", "end"],
    name: "bottom",
    help: "to the last line",
    where: ["review"],
    act: () => event({ type: "review_move", by: EVERY }),
  },
  {
    shown: "] [",
    keys: ["]"],
    name: "hunks",
    help: "to the next hunk",
    where: ["review"],
    footer: 1,
    act: () => event({ type: "review_jump", to: "hunk", by: 1 }),
  },
  {
    keys: ["["],
    name: "hunk before",
    help: "to the hunk before",
    where: ["review"],
    act: () => event({ type: "review_jump", to: "hunk", by: -1 }),
  },
  {
    shown: "} {",
    keys: ["}", "tab"],
    name: "files",
    help: "to the next file",
    where: ["review"],
    footer: 6,
    act: () => event({ type: "review_jump", to: "file", by: 1 }),
  },
  {
    keys: ["{", "shift-tab"],
    name: "file before",
    help: "to the file before",
    where: ["review"],
    act: () => event({ type: "review_jump", to: "file", by: -1 }),
  },
  {
    keys: ["n"],
    name: "next comment",
    help: "to the next comment",
    where: ["review"],
    why: noComment,
    act: () => event({ type: "review_jump", to: "comment", by: 1 }),
  },
  {
    keys: ["N"],
    name: "comment before",
    help: "to the comment before",
    where: ["review"],
    why: noComment,
    act: () => event({ type: "review_jump", to: "comment", by: -1 }),
  },
  {
    keys: ["c"],
    name: "comment",
    help: "say something about this line, or change what you said; without words it goes",
    where: ["review"],
    footer: 2,
    why: (state) => (commentHere(state).length > 0 ? null : "stand on a line of code"),
    act: (state) => {
      const of = commentHere(state);
      const text = textOf(of);
      return open({
        kind: "input",
        title: text === "" ? "Comment" : "Edit comment",
        about: of[0]?.code.trim() ?? "",
        field: fieldOf(text),
        purpose: { kind: "comment", of },
      });
    },
  },
  {
    keys: ["D"],
    name: "drop comment",
    help: "take the comment on this line away",
    where: ["review"],
    why: (state) =>
      state.review && commentsAt(state.review, state.review.at).length > 0
        ? null
        : "there is no comment here",
    act: () => event({ type: "review_uncomment" }),
  },
  {
    keys: ["S"],
    name: "send",
    help: "send all comments to the agent, as one message in its session",
    where: ["review"],
    line: "continue <d> <message>",
    footer: 3,
    why: noComment,
    act: (state) => (state.review ? { do: "send", id: state.review.id } : null),
  },
  {
    keys: ["r"],
    name: "reviewed",
    help: "mark the file as reviewed; a change of it takes the mark away",
    where: ["review"],
    footer: 4,
    why: (state) => (state.review && fileAt(state.review) ? null : "there is no file here"),
    act: () => event({ type: "review_mark" }),
  },
  ...SCOPES.map((scope, index): Binding => {
    const names = { base: "scope", run: "since last run", review: "since review" } as const;
    return {
      keys: [String(index + 1)],
      name: names[scope],
      help: `what has changed ${SCOPE_NAMES[scope]}`,
      where: ["review"],
      ...(index === 0 ? { shown: "1 2 3", footer: 5 } : {}),
      act: () => event({ type: "review_scope", scope }),
    };
  }),
  {
    keys: ["b"],
    name: "files pane",
    help: "show or hide the list of files",
    where: ["review"],
    act: () => event({ type: "review_files" }),
  },
  {
    keys: ["v"],
    name: "editor",
    help: "open the file at this line in your editor",
    where: ["review"],
    why: (state) => (place(state) ? null : "there is no file here"),
    act: (state) => {
      const at = place(state);
      return at ? { do: "edit", ...at } : null;
    },
  },
  {
    keys: ["p"],
    name: "push / PR",
    help: "push its branch, or open a pull request",
    where: ["review"],
    line: "push <d>, pr <d>",
    act: (state) => {
      const row = rowOf(state);
      return row ? publish(row) : null;
    },
  },
  {
    keys: ["R"],
    name: "read again",
    help: "read the changes afresh",
    where: ["review"],
    act: (state) => (state.review ? event({ type: "review_scope", scope: state.review.scope }) : null),
  },
  {
    keys: ["esc", "q"],
    name: "back",
    help: "back to the fleet; comments and marks are kept",
    where: ["review"],
    footer: 7,
    act: () => event({ type: "review_left" }),
  },
];

function noComment(state: State): string | null {
  return state.review && state.review.notes.comments.length > 0 ? null : "no comment is written yet";
}

function commentHere({ review }: State) {
  return review ? toComment(review) : [];
}

/** Two lines stay in sight; a step it is in any case. */
function page(state: State): number {
  return Math.max(1, layoutOf(state).review.lines - 2);
}

function rowOf(state: State) {
  return state.list.data?.fleet.rows.find((one) => one.view.id === state.review?.id);
}

function place(state: State): { path: string; line: number } | null {
  const { review } = state;
  const file = review ? fileAt(review) : null;
  const row = rowOf(state);
  const line = review?.diff?.lines[review.at];
  if (!file || !row?.view.worktree || !line) return null;
  const number = "now" in line ? (line.now ?? line.old ?? 1) : 1;
  return { path: `${row.view.worktree}/${file.path}`, line: number };
}
