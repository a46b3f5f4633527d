import { type Line, tone } from "../src/app/reply.ts";
import type { OrphanFacts } from "../src/app/status-json.ts";
import type { Doc } from "./events.ts";
import { type Rect, type Row, row } from "./frame.ts";
import { highlighted, wrappedLines } from "./lines.ts";
import { liveLines } from "./live.ts";
import { type State, selected } from "./model.ts";
import { orphanHolds } from "./orphans.ts";
import { diffRow } from "./review/rows.ts";
import { docKey } from "./state/preview.ts";

/** A text of any length of which only a part is drawn. */
export type Document = {
  readonly count: number;
  readonly rows: (from: number, count: number) => readonly Row[];
  /** The row at which a line begins. */
  readonly startOf: (line: number) => number;
};

/** What the preview shows of the selected dispatch. */
export function documentOf(state: State, rect: Rect): Document {
  const entry = state.list.entries[state.list.at];
  if (entry?.kind === "orphan") return ofLines(orphanLines(entry.orphan), rect.width, "");
  const shown = selected(state);
  if (!shown) return ofLines([], rect.width, "");
  const { preview } = state;
  const doc = preview.docs.get(docKey(preview.tab, shown.view.id));
  if (preview.tab === "live") {
    const { width, height } = rect;
    const pageBase = state.list.data?.pageBase ?? null;
    return ofLines(liveLines(shown, doc, { now: state.now, width, height, pageBase }), width, "");
  }
  return ofDoc(doc ?? { kind: "loading" }, state, rect);
}

function ofDoc(doc: Doc, state: State, rect: Rect): Document {
  const { preview } = state;
  if (doc.kind === "loading") return ofLines([[tone("reading …", "dim")]], rect.width, "");
  if (doc.kind === "failed")
    return ofLines(
      [[tone(doc.message, "bad")], ...(doc.hint ? [[tone(doc.hint, "accent")]] : [])],
      rect.width,
      "",
    );
  if (doc.kind === "diff") return ofDiff(doc, rect);
  if (doc.lines.length === 0) return ofLines([[tone("Nothing is said here yet.", "dim")]], rect.width, "");
  const width = preview.tab === "log" && !preview.wrap ? null : rect.width;
  return ofLines(doc.lines, width, preview.tab === "log" ? preview.search : "");
}

function ofLines(lines: readonly Line[], width: number | null, search: string): Document {
  const { rows, starts } = wrappedLines(lines, width);
  return {
    count: rows.length,
    rows: (from, count) => rows.slice(from, from + count).map((spans) => row(highlighted(spans, search))),
    startOf: (line) => starts[line] ?? 0,
  };
}

function ofDiff(doc: Extract<Doc, { kind: "diff" }>, rect: Rect): Document {
  const { diff } = doc;
  if (diff.files.length === 0) return ofLines([[tone("Nothing has changed.", "dim")]], rect.width, "");
  return {
    count: diff.lines.length,
    rows: (from, count) =>
      diff.lines.slice(from, from + count).map((line) => diffRow(diff, line, { numbers: rect.width >= 90 })),
    startOf: (line) => line,
  };
}

function orphanLines(orphan: OrphanFacts): Line[] {
  return [
    [tone("A worktree of ours without a record.", "strong")],
    "",
    orphan.worktree,
    `branch: ${orphan.branch ?? "none"}`,
    `holds: ${orphanHolds(orphan) ?? "nothing that exists nowhere else"}`,
    "",
    [tone("x removes it, after a question", "dim")],
  ];
}
