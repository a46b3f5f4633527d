import { fileURLToPath } from "node:url";

/** The argv by which this very Rally is started again: the compiled binary, or Bun with its own flags and main.ts. */
export function program(): readonly string[] {
  const compiled = import.meta.url.includes("/$bunfs/");
  if (compiled) return [process.execPath];
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  // A checkout's own .env and bunfig.toml are not loaded, whatever directory it is started from.
  return [process.execPath, "--no-env-file", "--config=/dev/null", main];
}
