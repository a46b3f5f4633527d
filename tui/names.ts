import type { Candidate, Wanted } from "../src/cli/complete.ts";
import { type State, selected } from "./model.ts";
import type { Outside } from "./outside.ts";
import type { Names, PathsWanted } from "./palette.ts";

const WANTED: readonly Wanted[] = ["dispatch", "project", "agent", "setting"];

/** What a line can name now, the selected dispatch first. As in a shell, what cannot be read is not offered. */
export async function namesNow(outside: Outside, state: State): Promise<Names> {
  const found = await Promise.all(
    WANTED.map(async (wanted) => [wanted, await outside.names(wanted).catch(() => [])] as const),
  );
  const { dispatch = [], ...others } = Object.fromEntries(found) as Record<Wanted, readonly Candidate[]>;
  const id = String(state.review?.id ?? selected(state)?.view.id ?? "");
  return {
    ...others,
    dispatch: dispatch.toSorted((a, b) => Number(b.value === id) - Number(a.value === id)),
  };
}

/** What is in the folder that a line has come to. */
export async function pathsNow(outside: Outside, wanted: PathsWanted): Promise<Names> {
  const { folder, kind } = wanted;
  const listed = await outside.paths(folder, kind).catch(() => ({ written: folder, found: [] }));
  return { paths: { folder, kind, ...listed } };
}
