import { newest } from "../app/page-data.ts";
import type { World } from "../world.ts";
import { type Answer, zipped } from "./answer.ts";

/** Answers that many readers share, so that each change is written out once, however many look. */
export type Kept = (path: string, make: () => Promise<Answer | null>) => Promise<Answer | null>;

type Entry = { readonly at: number; readonly stamp: string; readonly answer: Promise<Answer | null> };

/** However much happens, a page is written out no more often. */
const AT_LEAST_MS = 250;
/** Ages on it are no older. */
const AT_MOST_MS = 1_000;
const MOST_PATHS = 32;

export function kept(world: World): Kept {
  const entries = new Map<string, Entry>();
  return async (path, make) => {
    const now = world.now();
    const { journalId, lastFastAt } = newest(world);
    const stamp = `${journalId}:${lastFastAt}`;
    const before = entries.get(path);
    const age = before ? Math.abs(now - before.at) : Number.POSITIVE_INFINITY;
    if (before && (age < AT_LEAST_MS || (age < AT_MOST_MS && before.stamp === stamp))) return before.answer;
    const answer = make().then(lasting);
    entries.delete(path);
    entries.set(path, { at: now, stamp, answer });
    for (const oldest of entries.keys()) if (entries.size > MOST_PATHS) entries.delete(oldest);
    answer.catch(() => entries.delete(path));
    return answer;
  };
}

/** With its mark, which leaves out what only says how old things are, and compressed once at most. */
function lasting(answer: Answer | null): Answer | null {
  if (answer === null || answer.status !== 200) return answer;
  const lasts = answer.body
    .replace(/(<time [^>]*>)[^<]*/g, "$1")
    .replace(/ data-now="\d+"/, "")
    .replace(/"generated_at":"[^"]*"/, "");
  let zip: Uint8Array<ArrayBuffer> | null = null;
  return {
    ...answer,
    etag: `W/"${Bun.hash(lasts).toString(36)}"`,
    gzip: () => {
      zip ??= zipped(answer.body);
      return zip;
    },
  };
}
