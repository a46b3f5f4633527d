import { targetName } from "../../src/app/status-lines.ts";
import type { Display } from "../../src/domain/words.ts";
import type { MenuItem, Overlay } from "../events.ts";
import { type State, selected, targets } from "../model.ts";
import { WORK } from "./work.ts";

/** Everything that can be done with the selected dispatch, or with those that are marked. */
export function actionMenu(state: State): Overlay {
  return { kind: "menu", title: titleOf(state), items: menuItems(state), at: 0 };
}

function titleOf(state: State): string {
  const rows = targets(state);
  const [first] = rows;
  if (!first || rows.length > 1) return `${rows.length} marked: ${rows.map((row) => row.view.id).join(", ")}`;
  return `${first.view.id} ${targetName(first.view)} ${first.view.title}`;
}

/** What one most probably wants of it: enter, and enter again, never starts or stops anything. */
const LIKELIEST: Readonly<Record<Display, string>> = {
  asking: "i",
  needs_you: "l",
  working: "l",
  queued: "l",
  implementing: "l",
  ready: "d",
  pushed: "d",
  stopped: "d",
  upstream: "d",
  done: "d",
};

/**
 * The likeliest actions first, as far as they can be done now; then the others, with the reason why not. For those that
 * are marked, what is done to each of them.
 */
function menuItems(state: State): readonly MenuItem[] {
  const rows = targets(state);
  const marked = rows.length > 1 || rows[0] !== selected(state);
  const offered = WORK.filter((binding) => binding.menu === "each" || (binding.menu === "one" && !marked));
  const items = offered.map((binding): MenuItem => {
    const why = binding.why?.(state) ?? null;
    return {
      key: binding.keys[0] ?? "",
      label: binding.name,
      help: binding.help,
      why,
      act: why === null ? binding.act(state) : null,
    };
  });
  const first = LIKELIEST[rows[0]?.display ?? "implementing"];
  const rank = (item: MenuItem) => (item.why !== null ? 2 : item.key === first ? 0 : 1);
  return items.toSorted((a, b) => rank(a) - rank(b));
}
