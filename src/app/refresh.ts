import { hasLiveRun } from "../domain/display.ts";
import type { DispatchView } from "../domain/view.ts";
import { type JournalRow, since } from "../store/read.ts";
import { dispatchView } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { plural } from "./ago.ts";
import type { Call } from "./call.ts";
import { targetOf } from "./dispatched-lines.ts";
import { onlyProject } from "./find.ts";
import { movedText } from "./history.ts";
import { type Block, type Reply, type Row, said, tone } from "./reply.ts";

const ROWS_READ = 5_000;
const DISPATCHES_SHOWN = 20;
const EVENTS_SHOWN = 4;

type Changed = { readonly id: number; readonly events: readonly JournalRow[]; readonly byHand: boolean };

/** `rally refresh`: looks at processes, git and GitHub now, and says what changed, a line each dispatch. */
export async function refresh(world: World, call: Call): Promise<Reply> {
  call.progress("looking at processes, git and GitHub");
  const seen = await world.refresh(onlyProject(world, call)?.id);
  const changed = changedOf(since(world.store, seen.since, ROWS_READ), seen.moved);
  const json = {
    changes: seen.changes,
    projects: seen.projects,
    dispatches: changed.map(({ id, events, byHand }) => ({
      id,
      by_hand: byHand,
      events: events.map(({ layer, event, from, to, why }) => ({ layer, event, from, to, why })),
    })),
  };
  const text = changed.length === 0 ? ["Nothing has changed."] : blocks(world, changed);
  return said(text, json, { aside: seen.warnings.map((warning) => `warning: ${warning}`) });
}

function changedOf(rows: readonly JournalRow[], moved: readonly number[]): Changed[] {
  const ids = [...new Set([...rows.flatMap((row) => row.dispatchId ?? []), ...moved])];
  return ids
    .sort((a, b) => a - b)
    .map((id) => ({ id, events: rows.filter((row) => row.dispatchId === id), byHand: moved.includes(id) }));
}

function blocks(world: World, changed: readonly Changed[]): Block[] {
  const rows = changed.slice(0, DISPATCHES_SHOWN).map((one) => rowOf(one, dispatchView(world.store, one.id)));
  const columns = [{ align: "right" as const }, { min: 16 }, { min: 16, wrap: true as const }];
  const left = changed.length - rows.length;
  const more = left > 0 ? [`and ${plural(left, "dispatch", "dispatches")} more: rally history`] : [];
  return [{ table: { columns, rows } }, ...more];
}

/** The same words as in `rally history`. */
function rowOf({ id, events, byHand }: Changed, view: DispatchView | null): Row {
  const said = events.map((row) => `${row.layer} ${row.event} ${movedText(row)}`.trim());
  if (byHand && view?.git && !hasLiveRun(view))
    said.push(`changed by hand: ${plural(view.git.commits, "commit")}, ${view.git.unpushed} unpushed`);
  const shown = said.slice(0, EVENTS_SHOWN).join(" · ");
  const more =
    said.length > EVENTS_SHOWN ? ` · and ${said.length - EVENTS_SHOWN} more: rally history ${id}` : "";
  const title = view ? `${targetOf(view)} ${view.title}` : "";
  return [[tone(String(id), "strong")], title, shown + more];
}
