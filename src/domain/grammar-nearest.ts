/** The word that somebody may have meant, or null where none is near: at most a third of it differs. */
export function nearest(typed: string, words: readonly string[]): string | null {
  const lower = typed.toLowerCase();
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const near = word.startsWith(lower) && lower.length >= 2 ? 0.5 : distance(lower, word.toLowerCase());
    const allowed = near < 1 ? 1 : Math.max(1, Math.floor(Math.max(word.length, lower.length) / 3));
    if (near <= allowed && near < bestDistance) {
      best = word;
      bestDistance = near;
    }
  }
  return best;
}

/** Edits between two words: a letter more, less, other, or two that changed places. */
export function distance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
