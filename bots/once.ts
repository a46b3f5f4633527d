/** What was looked up before is not looked up again. */
export function once<T>(kept: Map<number, T>, id: number, look: () => T): T {
  const before = kept.get(id);
  if (before !== undefined) return before;
  const found = look();
  kept.set(id, found);
  return found;
}
