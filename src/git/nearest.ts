import { distance } from "../domain/grammar-nearest.ts";

/** At most five names, those that need the fewest edits first. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  const scored = names.slice(0, 2000).map((name) => ({
    name,
    far:
      name.includes(wanted) || wanted.includes(name) ? 0 : distance(wanted.toLowerCase(), name.toLowerCase()),
  }));
  return scored
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, 5)
    .map((one) => one.name);
}
