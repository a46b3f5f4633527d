/** How long, in the two largest units: `12s`, `6m 12s`, `2h 5m`, `3d 4h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const units = [
    { name: "d", size: 86_400 },
    { name: "h", size: 3600 },
    { name: "m", size: 60 },
    { name: "s", size: 1 },
  ];
  const first = units.findIndex(({ size }) => seconds >= size);
  if (first < 0) return "0s";
  let rest = seconds;
  const parts: string[] = [];
  for (const { name, size } of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(" ");
}
