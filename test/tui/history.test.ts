import { afterEach, expect, test } from "bun:test";
import { localTime } from "../../src/app/ago.ts";
import { plain } from "../../src/app/reply.ts";
import type { JournalRow } from "../../src/store/read.ts";
import { historyLines } from "../../tui/history.ts";

const zone = process.env.TZ;
afterEach(() => {
  process.env.TZ = zone ?? "";
});

const row = (id: number, at: string): JournalRow => ({
  ...{ id, at: Date.parse(at), actor: "cli:ana", layer: "dispatch", event: "upstream" },
  ...{ from: "reviewing", to: "upstream", why: null, data: null },
  ...{ projectId: 1, dispatchId: 7, runId: null },
});

test("days and times are those of the clock on the wall, as `rally history` has them", () => {
  process.env.TZ = "Asia/Tokyo";
  const rows = [row(1, "2026-11-20T14:02:09Z"), row(2, "2026-11-20T15:30:00Z")];
  expect(rows.map(({ at }) => localTime(at))).toEqual(["2026-11-20 23:02:09", "2026-11-21 00:30:00"]);
  const moved = "dispatch upstream reviewing → upstream · cli:ana";
  expect(historyLines(rows).map(plain)).toEqual([
    "2026-11-21",
    `00:30:00 ${moved}`,
    "",
    "2026-11-20",
    `23:02:09 ${moved}`,
  ]);
});
