import { join } from "node:path";

/** The argv by which this very Rally is started again: the compiled binary, or Bun with its own flags and main.ts. */
export function program(): readonly string[] {
  const compiled = import.meta.url.includes("/$bunfs/");
  if (compiled) return [process.execPath];
  const main = join(import.meta.dir, "../main.ts");
  // A checkout's own .env and bunfig.toml are not loaded, whatever directory it is started from.
  return [process.execPath, "--no-env-file", "--config=/dev/null", main];
}
