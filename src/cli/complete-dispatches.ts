import type { Kind } from "../domain/words.ts";
import type { Candidate } from "./complete.ts";

type Named = {
  readonly id: number;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
  readonly repo: string | null;
};

/** Dispatches by their numbers, and by their targets as far as those name one alone: `#42`, `acme/app#42`, `pr#12`. */
export function dispatchCandidates(all: readonly Named[]): readonly Candidate[] {
  const counts = new Map<string, number>();
  for (const name of all.flatMap(targetNames)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return all.map((one) => ({
    value: String(one.id),
    help: `${one.number === null ? one.kind : `${one.kind === "pr" ? "pr" : ""}#${one.number}`} ${one.title}`,
    also: targetNames(one).filter((name) => counts.get(name) === 1),
  }));
}

function targetNames({ kind, number, repo }: Named): readonly string[] {
  if (number === null) return [];
  const own = [`#${number}`, `${kind}#${number}`];
  return repo === null ? own : [...own, `${repo}#${number}`];
}
