import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** The system's own name for who runs this, as bun's `username` is only the variable's; `uid-<n>` where it has none. */
export function userName(): string {
  const uid = userInfo().uid;
  const named = passwd()
    .find((line) => line.split(":")[2] === String(uid))
    ?.split(":", 1)[0];
  return named || `uid-${uid}`;
}

function passwd(): readonly string[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    return [];
  }
}
