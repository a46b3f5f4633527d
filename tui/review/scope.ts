import { scopedDiff } from "../../src/app/review-diff.ts";
import type { World } from "../../src/world.ts";
import { SCOPE_NAMES, type Scope } from "../events.ts";
import { type Hashes, hashesOf, lastReview, type Notes } from "./notes.ts";
import { type Diff, parsePatch, withFiles } from "./patch.ts";

export type Scoped = {
  readonly diff: Diff;
  readonly whole: Hashes;
  readonly head: string | null;
  readonly from: string | null;
};

const NO_REVIEW = `${SCOPE_NAMES.base} (no review before)`;
const REWRITTEN = `${SCOPE_NAMES.review}, by content`;
const RUN_REWRITTEN = `${SCOPE_NAMES.base} (the run rewrote commits)`;

/** The part of the work that a scope shows, and the whole of it by hashes. Throws as `scopedDiff`. */
export async function readScope(world: World, id: number, scope: Scope, notes: Notes): Promise<Scoped> {
  const all = await scopedDiff(world, id, "base");
  const base = parsePatch(all.patch);
  const whole = hashesOf(base);
  const found = { whole, head: all.head };
  if (scope === "base") return { ...found, diff: base, from: null };
  if (scope === "run") {
    const { patch, asAsked } = await scopedDiff(world, id, "run");
    return { ...found, diff: asAsked ? parsePatch(patch) : base, from: asAsked ? null : RUN_REWRITTEN };
  }
  const review = lastReview(notes, whole);
  if (review === null) return { ...found, diff: base, from: NO_REVIEW };
  // What was not committed at that review is in no commit, and is known by its content alone.
  const isNew = (path: string) => review.seen[path] === undefined || review.seen[path] !== whole[path];
  const since = review.head === null ? null : await scopedDiff(world, id, { commit: review.head });
  if (!since?.asAsked) return { ...found, diff: withFiles(base, isNew), from: REWRITTEN };
  return { ...found, diff: withFiles(parsePatch(since.patch), isNew), from: null };
}
