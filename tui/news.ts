import { targetName } from "../src/app/status-lines.ts";
import { ICONS } from "../src/domain/display.ts";
import type { Fleet, Shown } from "../src/domain/group.ts";

export type News = { readonly title: string; readonly text: string };

/** What has put the ball in a person's court between two looks: newly ready, newly asking or failed. */
export function newsOf(before: Fleet, after: Fleet): readonly News[] {
  const known = new Map(before.rows.map((row) => [row.view.id, row]));
  return after.rows.flatMap((row) => {
    const old = known.get(row.view.id);
    const said = old ? sayOf(old, row) : null;
    return said === null
      ? []
      : [{ title: `${ICONS[row.display]} ${targetName(row.view)} ${row.view.title}`, text: said }];
  });
}

function sayOf(old: Shown, row: Shown): string | null {
  const fresh = row.attention.find(({ code }) => !old.attention.some((one) => one.code === code));
  if (fresh) return fresh.message;
  return row.display === "ready" && old.display !== "ready" ? "ready for review" : null;
}
