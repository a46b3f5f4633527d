import { plain } from "../../src/app/reply.ts";
import type { Doc, Tab } from "../events.ts";

/** What is beside or below the list: one of five tabs, of the selected dispatch. */
export type Preview = {
  readonly tab: Tab;
  /** Lines from the top; where it follows, it is not used. */
  readonly scroll: number;
  /** The log's end stays in sight. */
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly search: string;
  /** By `<tab>:<dispatch>`; only the latest few are kept. */
  readonly docs: ReadonlyMap<string, Doc>;
};

export const START_PREVIEW: Preview = {
  tab: "live",
  scroll: 0,
  follow: true,
  wrap: true,
  search: "",
  docs: new Map(),
};

const KEPT = 24;
/** Of a log that is looked at for days. */
const MOST_LINES = 50_000;

/** Live and log show the same text. */
export function docKey(tab: Tab, id: number): string {
  return `${tab === "live" ? "log" : tab}:${id}`;
}

export function withDoc(preview: Preview, key: string, doc: Doc): Preview {
  const docs = new Map(preview.docs);
  docs.delete(key);
  docs.set(key, doc);
  for (const old of docs.keys()) {
    if (docs.size <= KEPT) break;
    docs.delete(old);
  }
  return { ...preview, docs };
}

/** More lines of a log that is followed. */
export function withTail(preview: Preview, key: string, lines: readonly string[], cut: boolean): Preview {
  const known = preview.docs.get(key);
  const before = known?.kind === "lines" ? known : { lines: [], cut: false };
  const all = [...before.lines, ...lines];
  const kept = all.slice(-MOST_LINES);
  return withDoc(preview, key, {
    kind: "lines",
    lines: kept,
    cut: cut || before.cut || kept.length < all.length,
  });
}

/** The lines in which the search is found, by number. */
export function matches(doc: Doc | undefined, search: string): number[] {
  if (search === "" || doc?.kind !== "lines") return [];
  const wanted = search.toLowerCase();
  return doc.lines.flatMap((line, index) => (plain(line).toLowerCase().includes(wanted) ? [index] : []));
}
