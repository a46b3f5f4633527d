import { EMPTY_FIELD } from "../field.ts";
import { selected, targets } from "../model.ts";
import {
  ask,
  attach,
  busy,
  clean,
  each,
  none,
  noOne,
  onOne,
  pageOf,
  post,
  publish,
  upstream,
} from "./asks.ts";
import { type Binding, event, open } from "./binding.ts";

const HERE = ["fleet", "detail"] as const;

/** What is done to dispatches; where some are marked, to all of those. */
export const WORK: readonly Binding[] = [
  {
    keys: ["a"],
    name: "attach",
    help: "sit down at the agent's session; a live run is asked about first",
    where: HERE,
    line: "attach <d>",
    menu: "one",
    footer: 4,
    why: (state) => noOne(state) ?? (selected(state)?.view.queued ? "it waits in line" : null),
    act: (state) => attach(state),
  },
  {
    keys: ["d"],
    name: "diff",
    help: "review its changes: comments, marks, scopes; or the review it wrote",
    where: HERE,
    line: "diff <d>",
    menu: "one",
    footer: 5,
    why: (state) =>
      noOne(state) ?? (selected(state)?.view.worktree === null ? "it has not started yet" : null),
    act: (state) =>
      onOne(state, ({ view }) =>
        view.kind === "pr"
          ? { do: "say", text: `review ${view.id}` }
          : event({ type: "review", id: view.id }),
      ),
  },
  {
    keys: ["l"],
    name: "log",
    help: "what the agent said and did, on the whole screen",
    where: HERE,
    line: "log <d>",
    menu: "one",
    footer: 6,
    why: noOne,
    act: (state) =>
      onOne(state, () => ({
        do: "all",
        acts: [event({ type: "tab", tab: "log" }), event({ type: "screen", screen: "detail" })],
      })),
  },
  {
    keys: ["c"],
    name: "continue",
    help: "go on in the same session, with a message",
    where: HERE,
    line: "continue <d> <message>",
    menu: "each",
    footer: 7,
    why: none,
    act: (state) =>
      ask(
        state,
        "Continue",
        "What the agent is told; while it works, the message is kept for its next run.",
        (id) => ["continue", id],
      ),
  },
  {
    keys: ["i"],
    name: "answer",
    help: "answer the question that its agent asked",
    where: HERE,
    line: "answer <d> <text>",
    menu: "one",
    footer: 3,
    why: (state) => noOne(state) ?? (selected(state)?.view.question ? null : "no question is open"),
    act: (state) =>
      onOne(state, (row) =>
        open({
          kind: "input",
          title: `Answer ${row.view.id}`,
          about: row.view.question?.text ?? "",
          field: EMPTY_FIELD,
          purpose: { kind: "line", lines: [["answer", String(row.view.id)]] },
        }),
      ),
  },
  {
    keys: ["s"],
    name: "stop",
    help: "stop its run, or take it out of the line",
    where: HERE,
    line: "stop <d>",
    menu: "each",
    why: (state) => none(state) ?? (targets(state).some(busy) ? null : "nothing is running or waiting"),
    act: (state) => each(targets(state).filter(busy), (id) => ["stop", id]),
  },
  {
    keys: ["R"],
    name: "retry",
    help: "start the original task again, in a new session",
    where: HERE,
    line: "retry <d>",
    menu: "each",
    why: (state) => none(state) ?? (targets(state).some(busy) ? "it is at work" : null),
    act: (state) => each(targets(state), (id) => ["retry", id]),
  },
  {
    keys: ["u"],
    name: "upstream",
    help: "it waits on upstream: CI, a review, a release; again: back",
    where: HERE,
    line: "upstream <d>, resume <d>",
    menu: "each",
    footer: 8,
    why: none,
    act: (state) => upstream(state),
  },
  {
    keys: ["p"],
    name: "push / PR",
    help: "push its branch, or open a pull request",
    where: HERE,
    line: "push <d>, pr <d>",
    menu: "one",
    footer: 9,
    why: (state) =>
      noOne(state) ??
      (selected(state)?.view.kind === "pr" ? "it is a review of somebody's pull request" : null),
    act: (state) => onOne(state, (row) => publish(row)),
  },
  {
    keys: ["f"],
    name: "fix from PR",
    help: "tell the agent the open review threads and failing checks of its pull request",
    where: ["fleet"],
    line: "continue <d> --from-pr",
    menu: "each",
    why: (state) =>
      none(state) ??
      (targets(state).every((row) => row.view.pr === null && row.view.kind !== "pr")
        ? "it has no pull request"
        : null),
    act: (state) => each(targets(state), (id) => ["continue", id, "--from-pr"]),
  },
  {
    keys: ["P"],
    name: "post review",
    help: "put the review that it wrote on GitHub, as one comment",
    where: HERE,
    line: "review <d> --post",
    menu: "one",
    why: (state) =>
      noOne(state) ?? (selected(state)?.view.kind === "pr" ? null : "it is no review of a pull request"),
    act: (state) => onOne(state, (row) => post(row)),
  },
  {
    keys: ["x"],
    name: "clean",
    help: "remove worktree, branch and record; asks, says what would be lost; z undoes",
    where: HERE,
    line: "clean <d>",
    menu: "each",
    footer: 10,
    why: (state) => (state.list.entries[state.list.at]?.kind === "orphan" ? null : none(state)),
    act: (state) => clean(state),
  },
  {
    keys: ["o"],
    name: "browser",
    help: "open its pull request, else its issue, on GitHub",
    where: HERE,
    menu: "one",
    why: (state) => noOne(state) ?? (pageOf(selected(state)) === null ? "it has no page on GitHub" : null),
    act: (state) => {
      const url = pageOf(selected(state));
      return url === null ? null : { do: "open", url };
    },
  },
  {
    keys: ["O"],
    name: "status page",
    help: "open its page of rally up in the browser",
    where: HERE,
    line: "open <d>",
    menu: "one",
    why: noOne,
    act: (state) => onOne(state, ({ view }) => ({ do: "page", id: view.id })),
  },
  {
    keys: ["v"],
    name: "editor",
    help: "open its worktree in your editor",
    where: HERE,
    menu: "one",
    why: (state) => noOne(state) ?? (selected(state)?.view.worktree ? null : "it has no worktree yet"),
    act: (state) => onOne(state, ({ view }) => (view.worktree ? { do: "edit", path: view.worktree } : null)),
  },
  {
    keys: ["y"],
    name: "copy path",
    help: "put the path of its worktree on the clipboard",
    where: HERE,
    line: "path <d>",
    menu: "one",
    why: (state) => noOne(state) ?? (selected(state)?.view.worktree ? null : "it has no worktree yet"),
    act: (state) => onOne(state, ({ view }) => (view.worktree ? { do: "copy", text: view.worktree } : null)),
  },
  {
    keys: ["z"],
    name: "undo",
    help: "bring back what was cleaned last, all of it",
    where: HERE,
    line: "undo <d>",
    why: (state) => (state.list.data?.undoable ? null : "nothing was cleaned"),
    act: (state) => {
      const last = state.list.data?.undoable;
      return last ? { do: "lines", lines: [["undo", String(last.id)]] } : null;
    },
  },
];
