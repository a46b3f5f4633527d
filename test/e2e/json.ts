/** `… | json display run.state attention.0.code`: a value a line, of what comes in. */
const input: unknown = JSON.parse(await Bun.stdin.text());
const lines = process.argv.slice(2).map((path) => {
  const value = path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], input);
  return typeof value === "string" ? value : JSON.stringify(value);
});
process.stdout.write(`${lines.join("\n")}\n`);
