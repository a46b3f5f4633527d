import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readable } from "../../src/app/log-lines.ts";

const recorded = (name: string) =>
  Bun.file(join(import.meta.dir, "../agents/transcripts", `${name}.jsonl`)).text();

describe("what is read of an agent's log", () => {
  for (const agent of ["copilot", "claude", "codex", "gemini", "opencode"])
    test(`${agent}: what it ran and what it said, once each and in its order`, async () => {
      const lines = readable(await recorded(`${agent}-finish`)).split("\n");
      const commit = lines.findIndex((line) => /^runs {7}.*git commit/.test(line));
      const words = lines.indexOf("says       I wrote hello.txt and committed it.");
      expect(commit).toBeGreaterThanOrEqual(0);
      expect(words).toBeGreaterThan(commit);
      expect(lines.filter((line) => line.includes("I wrote hello.txt"))).toHaveLength(1);
      expect(lines.filter((line) => line.includes("git commit"))).toHaveLength(1);
    });

  for (const agent of ["copilot", "claude", "gemini"])
    test(`${agent}: that it was refused something`, async () => {
      expect(readable(await recorded(`${agent}-denied`))).toMatch(/^got {8}.*(denied|refuses)/im);
    });

  test("words that come in pieces are one entry, until something else is said", () => {
    const piece = (content: string) =>
      JSON.stringify({ type: "message", role: "assistant", content, delta: true });
    const text = readable([piece("one"), piece(" two"), "plain", piece("three")].join("\n"));
    expect(text).toBe("says       one two\nplain\nsays       three\n");
  });

  test("shapes that nobody knows keep their kind and their words; half a line of JSON stands as it is", () => {
    expect(readable('{"type":"x.news","text":"hello"}\n{"type":"half')).toBe(
      'news       hello\n{"type":"half\n',
    );
    expect(readable('{"type":"x.delta","text":"h"}\n\n')).toBe("");
  });
});
