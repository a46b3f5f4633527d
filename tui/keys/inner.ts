import { SCOPES } from "../events.ts";
import { EMPTY_FIELD, fieldOf } from "../field.ts";
import { inside, layoutOf } from "../layout.ts";
import type { State } from "../model.ts";
import { completion } from "../palette.ts";
import { createLines, nextProject } from "../state/create.ts";
import { picked } from "../state/overlay.ts";
import { canComment, commentsAt, fileAt } from "../state/review.ts";
import { type Binding, event, open } from "./binding.ts";

const EVERY = 1_000_000;

/** The preview on the whole screen. */
export const DETAIL: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up", "k"],
    name: "scroll",
    help: "one line up",
    where: ["detail"],
    footer: 0,
    act: () => event({ type: "scroll", by: -1 }),
  },
  {
    keys: ["down", "j"],
    name: "down",
    help: "one line down",
    where: ["detail"],
    act: () => event({ type: "scroll", by: 1 }),
  },
  {
    keys: ["pageup", "b", "ctrl-b"],
    name: "page up",
    help: "a screen up",
    where: ["detail"],
    act: (state) => event({ type: "scroll", by: -pageOf(state) }),
  },
  {
    keys: ["pagedown", "space", "ctrl-f"],
    name: "page down",
    help: "a screen down",
    where: ["detail"],
    act: (state) => event({ type: "scroll", by: pageOf(state) }),
  },
  {
    keys: ["g", "home"],
    name: "top",
    help: "to the first line",
    where: ["detail"],
    act: () => event({ type: "scroll", by: -EVERY }),
  },
  {
    keys: ["G", "end"],
    name: "bottom",
    help: "to the last line",
    where: ["detail"],
    act: () => event({ type: "scroll", by: EVERY }),
  },
  {
    keys: ["J"],
    name: "next one",
    help: "the next dispatch",
    where: ["detail"],
    act: () => event({ type: "move", by: 1 }),
  },
  {
    keys: ["K"],
    name: "one before",
    help: "the dispatch before",
    where: ["detail"],
    act: () => event({ type: "move", by: -1 }),
  },
  {
    keys: ["F"],
    name: "follow",
    help: "the log's end stays in sight",
    where: ["detail"],
    footer: 2,
    why: onLog,
    act: () => event({ type: "follow" }),
  },
  {
    keys: ["w"],
    name: "wrap",
    help: "break long lines, or do not",
    where: ["detail"],
    why: onLog,
    act: () => event({ type: "wrap" }),
  },
  {
    keys: ["/"],
    name: "search",
    help: "find a text in the log",
    where: ["detail"],
    footer: 3,
    why: onLog,
    act: (state) =>
      open({
        kind: "input",
        title: "Search the log",
        about: "n and N go from one place to the next.",
        field: fieldOf(state.preview.search),
        purpose: { kind: "search" },
      }),
  },
  {
    keys: ["n"],
    name: "next match",
    help: "to the next place",
    where: ["detail"],
    why: searching,
    act: () => event({ type: "match" }),
  },
  {
    keys: ["N"],
    name: "match before",
    help: "to the place before",
    where: ["detail"],
    why: searching,
    act: () => event({ type: "match_back" }),
  },
  {
    keys: ["esc", "q", "tab", "left"],
    name: "back",
    help: "back to the fleet",
    where: ["detail"],
    footer: 1,
    act: () => event({ type: "screen", screen: "fleet" }),
  },
];

function pageOf(state: State): number {
  const { preview } = layoutOf(state);
  return Math.max(1, (preview ? inside(preview).height : 10) - 2);
}

function onLog(state: State): string | null {
  return state.preview.tab === "log" ? null : "only in the log";
}

function searching(state: State): string | null {
  return state.preview.search === "" ? "nothing is searched for" : onLog(state);
}

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
    act: (state) => event({ type: "review_move", by: 2 - layoutOf(state).reviewLines }),
  },
  {
    keys: ["pagedown", "ctrl-f", "space"],
    name: "page down",
    help: "a screen down",
    where: ["review"],
    act: (state) => event({ type: "review_move", by: layoutOf(state).reviewLines - 2 }),
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
    help: "say something about this line",
    where: ["review"],
    footer: 2,
    why: (state) => (state.review && canComment(state.review) ? null : "stand on a line of code"),
    act: (state) =>
      open({
        kind: "input",
        title: "Comment",
        about: lineHere(state),
        field: EMPTY_FIELD,
        purpose: { kind: "comment" },
      }),
  },
  {
    keys: ["D"],
    name: "drop comment",
    help: "take the comment on this line away",
    where: ["review"],
    why: (state) => {
      const line = state.review?.diff?.lines[state.review.at];
      return state.review && line && commentsAt(state.review, line).length > 0
        ? null
        : "there is no comment here";
    },
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
    const names = { base: "since base", run: "since last run", review: "since review" } as const;
    return {
      keys: [String(index + 1)],
      name: index === 0 ? "scope" : names[scope],
      help: `what has changed ${names[scope].replace("review", "my last review").replace("base", "the base")}`,
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
    act: (state) =>
      state.review ? open({ kind: "palette", field: fieldOf(`pr ${state.review.id} `), at: 0 }) : null,
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

function lineHere(state: State): string {
  const line = state.review?.diff?.lines[state.review.at];
  return line && line.kind !== "file" ? line.text.trim() : "";
}

function place(state: State): { path: string; line: number } | null {
  const { review } = state;
  const file = review ? fileAt(review) : null;
  const row = state.list.data?.fleet.rows.find((one) => one.view.id === review?.id);
  const line = review?.diff?.lines[review.at];
  if (!file || !row?.view.worktree || !line) return null;
  const number = "now" in line ? (line.now ?? line.old ?? 1) : 1;
  return { path: `${row.view.worktree}/${file.path}`, line: number };
}

export const CREATE: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up"],
    name: "move",
    help: "one up",
    where: ["create"],
    footer: 0,
    act: () => event({ type: "create_move", by: -1 }),
  },
  {
    keys: ["down"],
    name: "down",
    help: "one down",
    where: ["create"],
    act: () => event({ type: "create_move", by: 1 }),
  },
  {
    keys: ["pageup"],
    name: "page up",
    help: "ten up",
    where: ["create"],
    act: () => event({ type: "create_move", by: -10 }),
  },
  {
    keys: ["pagedown"],
    name: "page down",
    help: "ten down",
    where: ["create"],
    act: () => event({ type: "create_move", by: 10 }),
  },
  {
    keys: ["enter"],
    name: "dispatch",
    help: "dispatch what is marked, else the one under the cursor, or the task",
    where: ["create"],
    line: "dispatch <target>…",
    footer: 1,
    why: (state) => (state.create && createLines(state.create).length > 0 ? null : "nothing is chosen"),
    act: (state) =>
      state.create
        ? {
            do: "all",
            acts: [{ do: "lines", lines: createLines(state.create) }, event({ type: "create_left" })],
          }
        : null,
  },
  {
    keys: ["ctrl-x", "ctrl-space"],
    name: "mark",
    help: "mark it, to dispatch several at once",
    where: ["create"],
    footer: 2,
    act: () => event({ type: "create_mark" }),
  },
  {
    keys: ["ctrl-t"],
    name: "task",
    help: "a task in words, or issues and pull requests",
    where: ["create"],
    footer: 3,
    act: () => event({ type: "create_task" }),
  },
  {
    keys: ["tab"],
    name: "next field",
    help: "search, agent, model, base",
    where: ["create"],
    footer: 5,
    act: () => event({ type: "create_field" }),
  },
  {
    keys: ["ctrl-o"],
    name: "mode",
    help: "what the agent may do",
    where: ["create"],
    footer: 6,
    act: () => event({ type: "create_option", by: 1 }),
  },
  {
    keys: ["ctrl-n"],
    name: "project",
    help: "the next project",
    where: ["create"],
    footer: 4,
    why: (state) => ((state.create?.projects.length ?? 0) > 1 ? null : "there is only one"),
    act: (state) => (state.create ? event({ type: "create", project: nextProject(state.create) }) : null),
  },
  {
    keys: ["esc"],
    name: "back",
    help: "back to the fleet",
    where: ["create"],
    footer: 7,
    act: () => event({ type: "create_left" }),
  },
];

const LISTS = ["menu", "palette", "pick"] as const;

export const OVERLAYS: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up"],
    name: "move",
    help: "one up",
    where: LISTS,
    footer: 0,
    act: () => event({ type: "chose", by: -1 }),
  },
  {
    keys: ["down"],
    name: "down",
    help: "one down",
    where: LISTS,
    act: () => event({ type: "chose", by: 1 }),
  },
  {
    keys: ["pageup"],
    name: "page up",
    help: "ten up",
    where: LISTS,
    act: () => event({ type: "chose", by: -10 }),
  },
  {
    keys: ["pagedown"],
    name: "page down",
    help: "ten down",
    where: LISTS,
    act: () => event({ type: "chose", by: 10 }),
  },
  {
    keys: ["up", "k"],
    name: "scroll",
    help: "one line up",
    where: ["help", "message"],
    act: () => event({ type: "chose", by: -1 }),
  },
  {
    keys: ["down", "j"],
    name: "down",
    help: "one line down",
    where: ["help", "message"],
    act: () => event({ type: "chose", by: 1 }),
  },
  {
    keys: ["pageup", "b"],
    name: "page up",
    help: "a screen up",
    where: ["help", "message"],
    act: (state) => event({ type: "chose", by: 4 - state.height }),
  },
  {
    keys: ["pagedown", "space"],
    name: "page down",
    help: "a screen down",
    where: ["help", "message"],
    act: (state) => event({ type: "chose", by: state.height - 4 }),
  },
  {
    keys: ["tab"],
    name: "complete",
    help: "the command, ready for its arguments",
    where: ["palette"],
    footer: 1,
    act: (state) => completeAct(state),
  },
  {
    keys: ["enter"],
    name: "do it",
    help: "say the line",
    where: ["palette"],
    footer: 2,
    act: (state) => sayAct(state),
  },
  {
    keys: ["enter"],
    name: "do it",
    help: "the action under the cursor",
    where: ["menu"],
    footer: 1,
    why: (state) => menuWhy(state),
    act: (state) => menuAct(state),
  },
  {
    keys: ["enter"],
    name: "take",
    help: "what is marked, else the one under the cursor",
    where: ["pick"],
    footer: 1,
    act: (state) => pickAct(state),
  },
  {
    keys: ["ctrl-x", "ctrl-space"],
    name: "mark",
    help: "mark it",
    where: ["pick"],
    act: () => event({ type: "marked_choice" }),
  },
  {
    keys: ["enter"],
    name: "send",
    help: "take the text",
    where: ["input"],
    footer: 0,
    act: (state) => inputAct(state),
  },
  {
    keys: ["ctrl-j"],
    name: "new line",
    help: "begin a new line",
    where: ["input"],
    footer: 1,
    act: () => event({ type: "typed", edit: { edit: "insert", text: "\n" } }),
  },
  {
    keys: ["enter"],
    name: "keep",
    help: "keep the filter",
    where: ["filter"],
    footer: 0,
    act: () => event({ type: "closed" }),
  },
  {
    keys: ["esc"],
    name: "no filter",
    help: "take the filter away",
    where: ["filter"],
    footer: 1,
    act: () => ({ do: "all", acts: [event({ type: "closed" }), event({ type: "filter", text: "" })] }),
  },
  {
    keys: ["esc"],
    name: "leave",
    help: "leave without doing anything",
    where: ["menu", "palette", "input"],
    footer: 8,
    act: () => event({ type: "closed" }),
  },
  {
    keys: ["esc", "q", "enter"],
    name: "leave",
    help: "close it",
    where: ["help", "message"],
    footer: 8,
    act: () => event({ type: "closed" }),
  },
  {
    keys: ["esc"],
    name: "no",
    help: "leave everything as it is",
    where: ["confirm", "pick"],
    footer: 8,
    act: (state) => refuse(state),
  },
];

function completeAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "palette") return null;
  return event({ type: "completed", text: completion(overlay.field.text, overlay.at) });
}

/** A command that is only begun is completed first, so that enter never says half a word. */
function sayAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "palette") return null;
  const text = overlay.field.text.trim();
  const whole = completion(overlay.field.text, overlay.at);
  if (whole !== overlay.field.text && whole.trim() !== text) return event({ type: "completed", text: whole });
  if (text === "") return null;
  return { do: "all", acts: [event({ type: "closed" }), { do: "say", text }] } as const;
}

function menuWhy(state: State): string | null {
  const overlay = state.overlays.at(-1);
  return overlay?.kind === "menu" ? (overlay.items[overlay.at]?.why ?? null) : null;
}

function menuAct(state: State) {
  const overlay = state.overlays.at(-1);
  const act = overlay?.kind === "menu" ? overlay.items[overlay.at]?.act : null;
  return act ? ({ do: "all", acts: [event({ type: "closed" }), act] } as const) : null;
}

function pickAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "pick") return null;
  const under = picked(overlay)[overlay.at];
  const value = overlay.marked.length > 0 ? overlay.marked : under === undefined ? [] : [under];
  return { do: "answer", ask: overlay.ask, value } as const;
}

function inputAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "input") return null;
  const text = overlay.field.text.trim();
  const { purpose } = overlay;
  const closed = event({ type: "closed" });
  if (purpose.kind === "search")
    return { do: "all", acts: [closed, event({ type: "searched", text })] } as const;
  if (text === "") return closed;
  if (purpose.kind === "comment")
    return { do: "all", acts: [closed, event({ type: "review_comment", text })] } as const;
  const lines = purpose.lines.map((words) => withText(words, text));
  return { do: "all", acts: [closed, { do: "lines", lines }] } as const;
}

/** A text may begin with a dash, so it stands behind `--`, or in the flag itself. */
function withText(words: readonly string[], text: string): readonly string[] {
  const last = words.at(-1) ?? "";
  return last.endsWith("=") ? [...words.slice(0, -1), last + text] : [...words, "--", text];
}

function refuse(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind === "pick") return { do: "answer", ask: overlay.ask, value: [] } as const;
  if (overlay?.kind === "confirm" && overlay.ask !== null)
    return { do: "answer", ask: overlay.ask, value: false } as const;
  return event({ type: "closed" });
}
