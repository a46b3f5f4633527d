import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file beside this one and a hash of it, read when the module that asks is built: a compiled binary carries it. */
export function asset(name: string): { readonly text: string; readonly hash: string } {
  const text = readFileSync(join(import.meta.dir, "assets", name), "utf8");
  return { text, hash: createHash("sha256").update(text).digest("hex").slice(0, 12) };
}
