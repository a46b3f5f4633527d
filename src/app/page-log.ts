import { statSync } from "node:fs";
import { readPiece } from "../process/plain.ts";
import { runFiles } from "../runs/paths.ts";
import type { World } from "../world.ts";
import { readable } from "./log-lines.ts";

export type LogTail = { readonly lines: readonly string[]; readonly cut: boolean };

const WINDOW_BYTES = 256 * 1024;

/** The last lines of a run's output for people, without secrets. A log that is not there is empty. */
export function logTail(world: World, runId: number, most: number): LogTail {
  const { text, cut } = windowOf(runFiles(world.config.home, runId).log);
  const lines = readable(world.redact(text)).split("\n").slice(0, -1);
  return { lines: lines.slice(-most), cut: cut || lines.length > most };
}

/** The end of a file, from a line's beginning on where there is one. */
function windowOf(path: string): { readonly text: string; readonly cut: boolean } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const start = Math.max(0, size - WINDOW_BYTES);
  const bytes = readPiece(path, start, size - start);
  const line = start === 0 ? 0 : bytes.indexOf(10) + 1;
  return { text: bytes.subarray(line).toString("utf8"), cut: start > 0 };
}
