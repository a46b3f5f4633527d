import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { play } from "./run.ts";

const TYPED_AT_ONCE = 2;
const files = readdirSync(import.meta.dir).filter((name) => name.endsWith(".txt"));

/** Each with a home of its own; a few at a time, because each starts real processes. */
const waiting: (() => void)[] = [];
let busy = 0;
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= TYPED_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  busy += 1;
  try {
    return await work();
  } finally {
    busy -= 1;
    waiting.shift()?.();
  }
}

describe("what is typed, what comes back", () => {
  test("there are transcripts", () => expect(files.length).toBeGreaterThan(0));
  for (const file of files)
    test.concurrent(file, async () => {
      const wrong = await inTurn(() => play(join(import.meta.dir, file)));
      expect(wrong).toBeNull();
    }, 180_000);
});
