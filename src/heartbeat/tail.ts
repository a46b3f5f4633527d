import { closeSync, fstatSync, readSync } from "node:fs";
import type { Agent } from "../agents/agent.ts";
import { type Feed, feed } from "../agents/feed.ts";
import { openPlain } from "../process/plain.ts";

const CHUNK_BYTES = 256 * 1024;
/** So that one chatty agent does not hold up a tick; the rest is read at the next. */
const TICK_BYTES = 4 * 1024 * 1024;

/** A log that is read as it grows. */
export type LogTail = { readonly feed: Feed; offset: number };

export function newTail(agent: Agent): LogTail {
  return { feed: feed(() => agent.reader()), offset: 0 };
}

/** Reads on, at most `maxBytes`; whether anything was new. A log that is not there is empty. */
export function readOn(tail: LogTail, path: string, maxBytes: number = TICK_BYTES): boolean {
  const fd = openPlain(path);
  if (fd === null) return false;
  try {
    return pump(tail, fd, Math.min(fstatSync(fd).size, tail.offset + maxBytes));
  } finally {
    closeSync(fd);
  }
}

function pump(tail: LogTail, fd: number, until: number): boolean {
  const before = tail.offset;
  const buffer = new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, until - tail.offset)));
  while (tail.offset < until) {
    const wanted = Math.min(buffer.length, until - tail.offset);
    const read = readSync(fd, buffer, 0, wanted, tail.offset);
    if (read === 0) break;
    tail.feed.push(buffer.subarray(0, read));
    tail.offset += read;
  }
  return tail.offset > before;
}
