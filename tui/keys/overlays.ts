import type { State } from "../model.ts";
import { completedFirst, completion } from "../palette.ts";
import { picked } from "../state/overlay.ts";
import { type Binding, event } from "./binding.ts";

const LISTS = ["menu", "palette", "pick"] as const;
const SCROLLING = ["help", "message", "confirm"] as const;

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
    where: SCROLLING,
    act: () => event({ type: "chose", by: -1 }),
  },
  {
    keys: ["down", "j"],
    name: "down",
    help: "one line down",
    where: SCROLLING,
    act: () => event({ type: "chose", by: 1 }),
  },
  {
    keys: ["pageup", "b"],
    name: "page up",
    help: "a screen up",
    where: SCROLLING,
    act: (state) => event({ type: "chose", by: 4 - state.height }),
  },
  {
    keys: ["pagedown", "space"],
    name: "page down",
    help: "a screen down",
    where: SCROLLING,
    act: (state) => event({ type: "chose", by: state.height - 4 }),
  },
  {
    keys: ["tab"],
    name: "complete",
    help: "the command, a dispatch, a flag or a project, ready for what follows",
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
    footer: 2,
    why: markWhy,
    act: () => event({ type: "marked_choice" }),
  },
  {
    keys: ["enter"],
    name: "ok",
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

function markWhy(state: State): string | null {
  const overlay = state.overlays.at(-1);
  return overlay?.kind === "pick" && overlay.many ? null : "one is taken";
}

function completeAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "palette") return null;
  return event({ type: "completed", text: completion(overlay.field.text, overlay.at, overlay.names) });
}

/** A command that is only begun is completed first, so that enter never says half a word. */
function sayAct(state: State) {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind !== "palette") return null;
  const text = overlay.field.text.trim();
  const whole = completedFirst(overlay.field.text, overlay.at, overlay.names);
  if (whole !== null) return event({ type: "completed", text: whole });
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
  if (purpose.kind === "comment")
    return { do: "all", acts: [closed, event({ type: "review_comment", of: purpose.of, text })] } as const;
  if (text === "") return closed;
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
