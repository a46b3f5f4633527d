import type { Reading } from "../domain/outcome.ts";
import type { Reader } from "./agent.ts";

/** Takes a log as bytes, in pieces of any size. */
export type Feed = {
  push(bytes: Uint8Array): void;
  /** What the whole lines so far say. */
  reading(): Reading;
  /** The same with what stands after the last newline: for a log that nobody writes to any more. */
  finished(): Reading;
};

const LINE_MAX_CHARS = 4 * 1024 * 1024;

/**
 * Cuts a log into lines for a reader. Bytes that are not UTF-8 become replacement characters, and a line longer than
 * 4 Mi characters is dropped as a whole, so that memory stays bounded whatever an agent writes.
 */
export function feed(makeReader: () => Reader): Feed {
  const reader = makeReader();
  const decoder = new TextDecoder("utf-8", { fatal: false });
  let rest = "";
  let dropping = false;
  return {
    push(bytes) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (dropping) dropping = false;
        else reader.line(line);
      }
      if (rest.length > LINE_MAX_CHARS) {
        dropping = true;
        rest = "";
      }
    },
    reading: () => reader.reading(),
    finished() {
      const tail = rest;
      rest = "";
      if (tail !== "" && !dropping) reader.line(tail);
      return reader.reading();
    },
  };
}
