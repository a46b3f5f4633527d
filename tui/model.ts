import type { Shown } from "../src/domain/group.ts";
import type { Time } from "../src/domain/words.ts";
import type { Notice } from "./events.ts";
import type { Create } from "./state/create.ts";
import * as lists from "./state/list.ts";
import type { Overlays } from "./state/overlay.ts";
import { type Preview, START_PREVIEW } from "./state/preview.ts";
import type { Review } from "./state/review.ts";
import type { ThemeName } from "./theme.ts";

/** Everything that a frame is drawn from. */
export type State = {
  readonly width: number;
  readonly height: number;
  readonly now: Time;
  readonly theme: ThemeName;
  readonly screen: "fleet" | "detail" | "review" | "create";
  readonly list: lists.List;
  readonly preview: Preview;
  readonly review: Review | null;
  readonly create: Create | null;
  readonly overlays: Overlays;
  readonly notice: Notice | null;
  /** What is under way, by number, oldest first. */
  readonly busy: readonly { readonly id: number; readonly text: string }[];
};

export function start(size: { readonly width: number; readonly height: number }, theme: ThemeName): State {
  return {
    ...size,
    now: 0,
    theme,
    screen: "fleet",
    list: lists.EMPTY_LIST,
    preview: START_PREVIEW,
    review: null,
    create: null,
    overlays: [],
    notice: null,
    busy: [],
  };
}

/** The dispatch that actions are about; null on an orphan, or where nothing is listed. */
export function selected(state: State): Shown | null {
  const entry = state.list.entries[state.list.at];
  return entry?.kind === "dispatch" ? entry.row : null;
}

/** Those that are marked, in the order of the list; else the selected one. */
export function targets(state: State): readonly Shown[] {
  if (state.list.marks.size > 0)
    return state.list.data?.fleet.rows.filter((row) => state.list.marks.has(row.view.id)) ?? [];
  const row = selected(state);
  return row ? [row] : [];
}
