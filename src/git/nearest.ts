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

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
