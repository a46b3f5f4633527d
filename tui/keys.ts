import { tone } from "../src/app/reply.ts";
import type { Act } from "./events.ts";
import type { Edit } from "./field.ts";
import { type Row, row, span } from "./frame.ts";
import { type Binding, event, type Place, placeOf, TYPING } from "./keys/binding.ts";
import { CREATE } from "./keys/create.ts";
import { DETAIL } from "./keys/detail.ts";
import { LOOK } from "./keys/look.ts";
import { OVERLAYS } from "./keys/overlays.ts";
import { REVIEW } from "./keys/review.ts";
import { WORK } from "./keys/work.ts";
import { wrapped } from "./lines.ts";
import type { State } from "./model.ts";

/** Every key, in one table: dispatcher, footer, help and menus are read off it. */
export const KEYS: readonly Binding[] = [...LOOK, ...WORK, ...DETAIL, ...REVIEW, ...CREATE, ...OVERLAYS];

export function bindingsOf(place: Place): readonly Binding[] {
  return KEYS.filter((binding) => binding.where.includes(place));
}

/** What a key does now; a reason where it cannot, null where it means nothing here. */
export function pressed(state: State, key: string): Act | { readonly why: string } | null {
  const place = placeOf(state);
  const choice = choiceOf(state, key);
  if (choice) return choice;
  const binding = bindingsOf(place).find((one) => one.keys.includes(key));
  if (binding) {
    const why = binding.why?.(state) ?? null;
    return why === null ? binding.act(state) : { why: `${binding.name}: ${why}` };
  }
  return TYPING.includes(place) ? typing(state, key) : null;
}

/** Letters of a question and of a menu. */
function choiceOf(state: State, key: string): Act | { readonly why: string } | null {
  const overlay = state.overlays.at(-1);
  if (overlay?.kind === "confirm") {
    const choice = overlay.choices.find((one) => one.key === key);
    if (!choice) return null;
    const closed = event({ type: "closed" });
    return choice.act ? { do: "all", acts: [closed, choice.act] } : closed;
  }
  if (overlay?.kind !== "menu") return null;
  const item = overlay.items.find((one) => one.key === key);
  if (!item) return null;
  if (item.why !== null) return { why: `${item.label}: ${item.why}` };
  return item.act ? { do: "all", acts: [event({ type: "closed" }), item.act] } : null;
}

const EDITS: Readonly<Record<string, Edit>> = {
  backspace: { edit: "backspace" },
  delete: { edit: "delete" },
  left: { edit: "left" },
  right: { edit: "right" },
  home: { edit: "home" },
  end: { edit: "end" },
  "ctrl-w": { edit: "word" },
  "ctrl-u": { edit: "clear" },
  space: { edit: "insert", text: " " },
};

function typing(state: State, key: string): Act | null {
  const edit =
    EDITS[key] ?? (key.startsWith("ctrl-") || isNamed(key) ? null : { edit: "insert" as const, text: key });
  return edit ? typed(state, edit) : null;
}

/** Text that was typed or pasted goes where the cursor is. */
export function typed(state: State, edit: Edit): Act | null {
  const place = placeOf(state);
  if (!TYPING.includes(place)) return null;
  return event(place === "create" ? { type: "create_typed", edit } : { type: "typed", edit });
}

/** Names of keys are longer than one character; what was typed is one character as people count them. */
function isNamed(key: string): boolean {
  return /^(shift-)?[a-z]{2,}\d*$|^f\d+$/.test(key);
}

/** Those with a place in the footer and a sense now, in that order. */
export function footerKeys(state: State): readonly Binding[] {
  return bindingsOf(placeOf(state))
    .filter((binding) => binding.footer !== undefined && (binding.why?.(state) ?? null) === null)
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
}

export function keyName(binding: Binding): string {
  return binding.shown ?? binding.keys[0] ?? "";
}

const NAME_WIDTH = 16;

/** The keys of what lies below the help, each with its reason where it cannot be used now; nothing is cut off. */
export function helpRows(state: State, width: number): readonly Row[] {
  const below = { ...state, overlays: state.overlays.slice(0, -1) };
  const bindings = bindingsOf(placeOf(below));
  const keysOf = (binding: Binding) => binding.keys.slice(0, 3).join(" ");
  const keyWidth = 1 + Math.max(...bindings.map((binding) => keysOf(binding).length));
  return bindings.flatMap((binding) => {
    const why = binding.why?.(below) ?? null;
    const head = [
      span(keysOf(binding).padEnd(keyWidth), "key"),
      span(binding.name.padEnd(NAME_WIDTH), "strong"),
    ];
    const text = [
      binding.help,
      ...(binding.line ? [tone(`  (${binding.line})`, "dim")] : []),
      ...(why === null ? [] : [tone(`  not now: ${why}`, "warn")]),
    ];
    const hang = " ".repeat(keyWidth + NAME_WIDTH);
    return wrapped(text, Math.max(16, width - hang.length)).map((spans, index) =>
      row([...(index === 0 ? head : [hang]), ...spans]),
    );
  });
}
