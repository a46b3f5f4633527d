/**
 * Every effect on the outside (git, store, spawn, file, GitHub, chat) passes a named boundary before and after it.
 * No feature names one: the doors do. In production nothing is armed and a boundary costs one comparison; the chaos
 * harness (invariant 21) lists the boundaries of a command and then kills it at each.
 */
export type Door = "git" | "store" | "spawn" | "file" | "github" | "signal" | "chat";

type Listener = (name: string) => void;
let listener: Listener | null = null;

/** Called once by main, where the configuration says that a harness watches. */
export function armBoundaries(next: Listener | null): void {
  listener = next;
}

export function boundary(door: Door, name: string, side: "before" | "after"): void {
  if (listener !== null) listener(`${door}:${name}:${side}`);
}

/** Runs an effect between its two boundaries. */
export async function passing<T>(door: Door, name: string, effect: () => Promise<T>): Promise<T> {
  boundary(door, name, "before");
  const result = await effect();
  boundary(door, name, "after");
  return result;
}

export function passingSync<T>(door: Door, name: string, effect: () => T): T {
  boundary(door, name, "before");
  const result = effect();
  boundary(door, name, "after");
  return result;
}
