import { fieldOf } from "../field.ts";
import { inside, layoutOf } from "../layout.ts";
import type { State } from "../model.ts";
import { type Binding, EVERY, event, open } from "./binding.ts";

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
