import { localTime } from "../src/app/ago.ts";
import { type Line, tone } from "../src/app/reply.ts";
import type { JournalRow } from "../src/store/read.ts";

/** The journal of one dispatch, the newest first, its days apart, by the clock on the wall. */
export function historyLines(rows: readonly JournalRow[]): Line[] {
  const lines: Line[] = [];
  let day = "";
  for (const row of rows.toReversed()) {
    const [date = "", time = ""] = localTime(row.at).split(" ");
    if (date !== day) lines.push(...(day === "" ? [] : [""]), [tone(date, "strong")]);
    day = date;
    const moved = row.from === null && row.to === null ? "" : ` ${row.from ?? "∅"} → ${row.to ?? "∅"}`;
    lines.push([
      tone(`${time} `, "dim"),
      `${row.layer} ${row.event}`,
      tone(moved, "accent"),
      tone(` · ${row.actor}`, "dim"),
      tone(row.why ? ` · ${row.why}` : "", "dim"),
    ]);
  }
  return lines.length > 0 ? lines : [[tone("Nothing has happened yet.", "dim")]];
}
