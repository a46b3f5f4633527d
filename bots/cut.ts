/**
 * Lines until the limit is reached, by a platform's own measure, and a last one that says how much is missing. A line
 * that is too long by itself is cut.
 */
export function cutLines(
  lines: readonly string[],
  limit: number,
  measure: (line: string) => number = (line) => line.length,
): { readonly lines: readonly string[]; readonly left: number } {
  const kept: string[] = [];
  let room = limit;
  for (const [index, line] of lines.entries()) {
    const cost = measure(line) + 1;
    if (cost <= room) {
      kept.push(line);
      room -= cost;
      continue;
    }
    if (kept.length === 0) kept.push(shortened(line, room - 2, measure));
    return { lines: kept, left: lines.length - index - (kept.length > index ? 1 : 0) };
  }
  return { lines: kept, left: 0 };
}

/** The longest beginning that fits, never between the halves of one character. */
function shortened(line: string, limit: number, measure: (line: string) => number): string {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if (measure(line.slice(0, middle)) <= limit) from = middle;
    else to = middle - 1;
  }
  const end = /[\ud800-\udbff]$/.test(line.slice(0, from)) ? from - 1 : from;
  return `${line.slice(0, Math.max(0, end))}…`;
}
