import type { Line } from "../../src/app/reply.ts";
import { type Notice, TABS, type Tab } from "../events.ts";
import { EMPTY_FIELD, fieldOf } from "../field.ts";
import { layoutOf } from "../layout.ts";
import { type State, selected, targets } from "../model.ts";
import { type Binding, EVERY, event, open } from "./binding.ts";
import { actionMenu } from "./menu.ts";

const HERE = ["fleet", "detail"] as const;

/** Moving about, choosing what is shown, and the ways to everything else. */
export const LOOK: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up", "k"],
    name: "move",
    help: "one up",
    where: ["fleet"],
    act: () => event({ type: "move", by: -1 }),
    footer: 0,
  },
  {
    keys: ["down", "j"],
    name: "down",
    help: "one down",
    where: ["fleet"],
    act: () => event({ type: "move", by: 1 }),
  },
  {
    shown: "↑↓",
    keys: ["up"],
    name: "move",
    help: "one up",
    where: ["filter"],
    footer: 0,
    act: () => event({ type: "move", by: -1 }),
  },
  {
    keys: ["down"],
    name: "down",
    help: "one down",
    where: ["filter"],
    act: () => event({ type: "move", by: 1 }),
  },
  {
    keys: ["pageup", "ctrl-b"],
    name: "page up",
    help: "a screen up",
    where: ["fleet"],
    act: (state) => event({ type: "move", by: -page(state) }),
  },
  {
    keys: ["pagedown", "ctrl-f"],
    name: "page down",
    help: "a screen down",
    where: ["fleet"],
    act: (state) => event({ type: "move", by: page(state) }),
  },
  {
    keys: ["g", "home"],
    name: "first",
    help: "to the first one",
    where: ["fleet"],
    act: () => event({ type: "move", by: -EVERY }),
  },
  {
    keys: ["G", "end"],
    name: "last",
    help: "to the last one",
    where: ["fleet"],
    act: () => event({ type: "move", by: EVERY }),
  },
  {
    keys: ["enter"],
    name: "actions",
    help: "everything that can be done with it, and why something cannot",
    where: HERE,
    footer: 1,
    why: (state) => (targets(state).length === 0 ? "no dispatch is selected" : null),
    act: (state) => open(actionMenu(state)),
  },
  {
    keys: ["n"],
    name: "new",
    help: "dispatch issues, pull requests, or a task in words",
    where: ["fleet"],
    line: "dispatch <target>…",
    footer: 2,
    why: (state) => (state.list.data?.projects.length ? null : "there is no project yet: :onboard <path>"),
    act: (state) => {
      const project = selected(state)?.view.projectId ?? state.list.data?.projects[0]?.id;
      return project === undefined ? null : event({ type: "create", project });
    },
  },
  {
    keys: ["."],
    name: "next needy",
    help: "to the next one that needs a person",
    where: HERE,
    footer: 11,
    why: (state) => (state.list.data?.fleet.counts.attention ? null : "nothing needs you"),
    act: () => event({ type: "next_needy" }),
  },
  ...TABS.map(
    (tab: Tab, index): Binding => ({
      keys: [String(index + 1)],
      name: `${tab} tab`,
      help: `the preview shows: ${tab}`,
      where: HERE,
      act: () => event({ type: "tab", tab }),
    }),
  ),
  {
    keys: ["tab"],
    name: "whole screen",
    help: "the preview on the whole screen",
    where: ["fleet"],
    act: () => event({ type: "screen", screen: "detail" }),
  },
  {
    keys: ["J", "ctrl-e"],
    name: "preview down",
    help: "scroll the preview down",
    where: ["fleet"],
    act: () => event({ type: "scroll", by: 3 }),
  },
  {
    keys: ["K", "ctrl-y"],
    name: "preview up",
    help: "scroll the preview up",
    where: ["fleet"],
    act: () => event({ type: "scroll", by: -3 }),
  },
  {
    keys: ["space"],
    name: "mark",
    help: "mark it, so that actions are for all that are marked",
    where: ["fleet"],
    footer: 14,
    why: (state) => (selected(state) ? null : "no dispatch is selected"),
    act: () => event({ type: "mark" }),
  },
  {
    keys: ["ctrl-a"],
    name: "mark all",
    help: "mark all that are listed, or none",
    where: ["fleet"],
    act: () => event({ type: "mark_all" }),
  },
  {
    keys: ["/"],
    name: "filter",
    help: "only those that match: words, or status: project: agent:",
    where: ["fleet"],
    footer: 12,
    act: (state) => open({ kind: "filter", field: fieldOf(state.list.filter) }),
  },
  {
    keys: [","],
    name: "sort",
    help: "by attention, newest, or title",
    where: ["fleet"],
    act: () => event({ type: "sort" }),
  },
  {
    keys: ["H"],
    name: "all",
    help: "also what has been done for more than a day",
    where: ["fleet"],
    line: "status --all",
    act: () => ({ do: "all", acts: [event({ type: "all" }), { do: "reload" }] }),
  },
  {
    keys: [":", "ctrl-p"],
    name: "command",
    help: "any line that Rally understands",
    where: [...HERE, "review"],
    footer: 13,
    act: () => open({ kind: "palette", field: EMPTY_FIELD, at: 0, names: {} }),
  },
  {
    keys: ["r"],
    name: "refresh",
    help: "look at processes, git and GitHub now",
    where: HERE,
    line: "refresh",
    act: () => ({ do: "lines", lines: [["refresh"]] }),
  },
  {
    keys: ["t"],
    name: "theme",
    help: "the next theme: dark, light, the terminal's own, plain",
    where: HERE,
    act: () => ({ do: "theme" }),
  },
  {
    keys: ["E"],
    name: "message",
    help: "all of the message above these keys, and what is known of its cause",
    where: HERE,
    why: (state) => (state.notice ? null : "there is none"),
    act: (state) =>
      state.notice
        ? open({
            kind: "message",
            title: "What was said",
            lines: whole(state.notice),
            scroll: 0,
          })
        : null,
  },
  {
    keys: ["?"],
    name: "help",
    help: "these keys",
    where: [...HERE, "review"],
    footer: 15,
    act: () => open({ kind: "help", scroll: 0 }),
  },
  {
    keys: ["f1"],
    name: "help",
    help: "these keys",
    where: ["create"],
    footer: 8,
    act: () => open({ kind: "help", scroll: 0 }),
  },
  {
    keys: ["esc"],
    name: "take back",
    help: "takes away the message, the marks, then the filter",
    where: ["fleet"],
    act: (state) => back(state),
  },
  {
    keys: ["q"],
    name: "quit",
    help: "leave; agents go on",
    where: ["fleet"],
    footer: 16,
    act: () => ({ do: "quit" }),
  },
  {
    keys: ["ctrl-z"],
    name: "suspend",
    help: "to the shell; fg comes back",
    where: [...HERE, "review", "create"],
    act: () => ({ do: "suspend" }),
  },
];

function back(state: State) {
  if (state.notice) return event({ type: "notice", notice: null });
  if (state.list.marks.size > 0) return event({ type: "unmark" });
  return event({ type: "filter", text: "" });
}

/** What more there is of a reply begins with what was said of it. */
function whole({ text, tone, hint, more }: Notice): readonly Line[] {
  if (tone === "good" && more.length > 0) return more;
  return [text, ...(hint ? [`→ ${hint}`] : []), ...more];
}

function page(state: State): number {
  return Math.max(1, (layoutOf(state).list?.height ?? 10) - 3);
}
