import { ranked } from "../../src/cli/picker.ts";
import type { Overlay } from "../events.ts";
import { type Edit, edited, fieldOf } from "../field.ts";
import { type Names, suggestions } from "../palette.ts";

/** The one on top is the one that keys go to. */
export type Overlays = readonly Overlay[];

export function top(overlays: Overlays): Overlay | null {
  return overlays.at(-1) ?? null;
}

export function replaced(overlays: Overlays, overlay: Overlay): Overlays {
  return [...overlays.slice(0, -1), overlay];
}

export function typed(overlays: Overlays, edit: Edit): Overlays {
  const overlay = top(overlays);
  if (!overlay || !("field" in overlay)) return overlays;
  const field = edited(overlay.field, edit);
  if (overlay.kind === "palette" || overlay.kind === "pick")
    return replaced(overlays, { ...overlay, field, at: 0 });
  return replaced(overlays, { ...overlay, field });
}

/** The palette's line becomes this one. */
export function completed(overlays: Overlays, text: string): Overlays {
  const overlay = top(overlays);
  if (overlay?.kind !== "palette") return overlays;
  return replaced(overlays, { ...overlay, field: fieldOf(text), at: 0 });
}

/** Some of what a line can name has been looked up. */
export function named(overlays: Overlays, names: Names): Overlays {
  return overlays.map((overlay) =>
    overlay.kind === "palette" ? { ...overlay, names: { ...overlay.names, ...names } } : overlay,
  );
}

export function chose(overlays: Overlays, by: number): Overlays {
  const overlay = top(overlays);
  if (!overlay) return overlays;
  if ("scroll" in overlay)
    return replaced(overlays, { ...overlay, scroll: Math.max(0, overlay.scroll + by) });
  if (!("at" in overlay)) return overlays;
  return choseAt(overlays, overlay.at + by);
}

export function choseAt(overlays: Overlays, at: number): Overlays {
  const overlay = top(overlays);
  if (!overlay || !("at" in overlay)) return overlays;
  const last = countOf(overlay) - 1;
  return replaced(overlays, { ...overlay, at: Math.max(0, Math.min(last, at)) });
}

function countOf(overlay: Overlay): number {
  if (overlay.kind === "menu") return overlay.items.length;
  if (overlay.kind === "palette") return suggestions(overlay.field.text, overlay.names).length;
  return overlay.kind === "pick" ? picked(overlay).length : 0;
}

type Pick = Extract<Overlay, { kind: "pick" }>;

/** Indices of the labels that the search finds, best first. */
export function picked(pick: Pick): readonly number[] {
  const indices = pick.labels.map((_, index) => index);
  return ranked(indices, (index) => pick.labels[index] ?? "", pick.field.text.trim());
}

export function markedChoice(overlays: Overlays): Overlays {
  const overlay = top(overlays);
  if (overlay?.kind !== "pick" || !overlay.many) return overlays;
  const index = picked(overlay)[overlay.at];
  if (index === undefined) return overlays;
  const marked = overlay.marked.includes(index)
    ? overlay.marked.filter((one) => one !== index)
    : [...overlay.marked, index];
  return chose(replaced(overlays, { ...overlay, marked }), 1);
}

/** Without the question of a command that waits no longer. */
export function withoutAsk(overlays: Overlays, ask: number): Overlays {
  return overlays.filter((overlay) => !("ask" in overlay) || overlay.ask !== ask);
}
