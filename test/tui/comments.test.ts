import { afterAll, describe, expect, test } from "bun:test";
import { draw } from "../../tui/draw.ts";
import { layoutOf } from "../../tui/layout.ts";
import { NO_NOTES } from "../../tui/review/notes.ts";
import { parsePatch } from "../../tui/review/patch.ts";
import { blocksIn, linesIn } from "../../tui/state/review.ts";
import { type Play, play, reviewing, SIZES } from "./scene.ts";
import { camera } from "./shot.ts";

const shots = await camera();
afterAll(() => shots.end());

const HEAD = "diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n";
const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `+const line${index} = ${index};\n`).join("");
const patch = (count: number, before = "") =>
  parsePatch(`${HEAD}@@ -0,0 +1,${count} @@\n${before}${lines(count)}`);
const SHORT = patch(8);
const open = (width = 120, height = 30, diff = SHORT): Play =>
  play(width, height).after({ type: "review", id: 2 }, reviewing(diff));

const comment = (of: Play, line: number, text: string): Play =>
  of
    .after({ type: "review_at", line })
    .keys("c")
    .after({ type: "typed", edit: { edit: "insert", text } })
    .keys("enter");
const reviewOf = (of: Play) => {
  const { review } = of.state;
  if (!review) throw new Error("no review is open");
  return review;
};
const texts = (of: Play) => reviewOf(of).notes.comments.map(({ text }) => text);
const field = (of: Play) => {
  const overlay = of.state.overlays[0];
  return overlay?.kind === "input" ? [overlay.title, overlay.about, overlay.field.text] : null;
};

describe("a comment that stands on a line", () => {
  const two = comment(comment(open(), 3, "why one?"), 5, "why three?");
  const there = two.after({ type: "review_at", line: 3 });

  test("is opened with its words where another has an empty field", () => {
    expect(field(there.keys("c"))).toEqual(["Edit comment", "const line1 = 1;", "why one?"]);
    expect(field(there.keys("j", "c"))).toEqual(["Comment", "const line2 = 2;", ""]);
  });

  test("is changed in its place, and is the only one there", () => {
    const changed = there.keys("c", ..." Say it.", "enter");
    expect(texts(changed)).toEqual(["why one? Say it.", "why three?"]);
    expect(reviewOf(changed).notes.comments[0]).toEqual({
      ...(reviewOf(there).notes.comments[0] ?? never()),
      text: "why one? Say it.",
    });
  });

  test("stays where nothing is changed, or the field is left", () => {
    expect(reviewOf(there.keys("c", "enter")).notes).toBe(reviewOf(there).notes);
    expect(texts(there.keys("c", ..."!!", "esc"))).toEqual(["why one?", "why three?"]);
  });

  test("goes without words, and by its own key", () => {
    expect(texts(there.keys("c", "ctrl-u", "enter"))).toEqual(["why three?"]);
    expect(texts(there.keys("D"))).toEqual(["why three?"]);
    expect(texts(open().after({ type: "review_at", line: 3 }).keys("c", "enter"))).toEqual([]);
  });

  test("becomes one with others on the same line, none of them lost", () => {
    const [one] = reviewOf(two).notes.comments;
    const notes = { ...NO_NOTES, comments: [one ?? never(), { ...(one ?? never()), text: "and why here?" }] };
    const kept = play(120, 30)
      .after({ type: "review", id: 2 }, reviewing(SHORT, notes), { type: "review_at", line: 3 })
      .keys("c");
    expect(field(kept)?.[2]).toBe("why one?\nand why here?");
    expect(texts(kept.keys("!", "enter"))).toEqual(["why one?\nand why here?!"]);
  });

  test("is changed at its line, whatever the agent changes above it meanwhile", () => {
    const moved = there
      .keys("c", ..." now")
      .after(reviewing(patch(8, "+// new\n+// new\n")))
      .keys("enter");
    expect(reviewOf(moved).notes.comments[0]).toMatchObject({
      text: "why one? now",
      code: "const line1 = 1;",
    });
    const added = there
      .keys("j", "c", ..."new")
      .after(reviewing(patch(8, "+// new\n+// new\n")))
      .keys("enter");
    expect(reviewOf(added).notes.comments[2]).toMatchObject({ text: "new", code: "const line2 = 2;" });
  });

  test("that was sent meanwhile is there again only where it says something else", () => {
    const { comments } = reviewOf(there).notes;
    const sent = { type: "review_sent", id: 2, comments } as const;
    expect(texts(there.keys("c").after(sent).keys("enter"))).toEqual([]);
    expect(texts(there.keys("c").after(sent).keys("?", "enter"))).toEqual(["why one??"]);
  });
});

const WORDS = Array.from({ length: 40 }, (_, index) => `word${index}`);
const LONG = `${WORDS.slice(0, 25).join(" ")}\n${WORDS.slice(25).join(" ")} 日本語のコメント`;

describe.each(SIZES.map(([width, height]) => [width, height] as const))("at %d×%d", (width, height) => {
  const many = patch(30);
  const of = comment(comment(open(width, height, many), 4, LONG), 9, "short");

  test("every word of a long comment can be read, on the way down and on the way up", async () => {
    for (const [start, step] of [
      ["g", "j"],
      ["G", "k"],
    ] as const) {
      const unseen = new Set([...WORDS, "short", "日本語のコメント"]);
      let at = of.keys(start);
      for (let moved = 0; moved < 120; moved++) {
        const { text } = await shots.shoot(at.state);
        for (const word of unseen) if (new RegExp(`${word}(\\W|$)`, "m").test(text)) unseen.delete(word);
        at = at.keys(step);
      }
      expect([...unseen]).toEqual([]);
      expect(reviewOf(at).at).toBe(step === "j" ? 31 : 0);
    }
  });

  test("rows and lines tell of each other, and no row is without a line", () => {
    const { review, rows } = {
      review: reviewOf(of),
      rows: blocksIn(reviewOf(of), layoutOf(of.state).review.width),
    };
    const all = linesIn(review).map((_, at) => [rows.topOf(at), rows.endOf(at)] as const);
    expect(all[0]?.[0]).toBe(0);
    expect(all.at(-1)?.[1]).toBe(rows.count);
    for (const [at, [top, end]] of all.entries()) {
      expect(end).toBe(all[at + 1]?.[0] ?? rows.count);
      expect(end - top).toBe(1 + rows.below(at).length);
      for (let row = top; row < end; row++) expect(rows.lineAt(row)).toEqual({ at, below: row - top });
    }
  });

  test("the cursor, or what belongs to it, is on the screen after every key, and after a resize", () => {
    let at = of;
    for (const key of ["G", "pageup", "k", "g", "n", "pagedown", "j", "N", "]", "k", "space", "G", "n"]) {
      at = at.keys(key);
      for (const one of [at, at.after({ type: "resized", width: 70, height: 12 })]) {
        const review = reviewOf(one);
        const { lines: room, width: columns } = layoutOf(one.state).review;
        const blocks = blocksIn(review, columns);
        expect(blocks.topOf(review.at)).toBeLessThan(review.first + room);
        expect(blocks.endOf(review.at)).toBeGreaterThan(review.first);
        expect(review.first).toBeLessThanOrEqual(Math.max(0, blocks.count - room));
      }
    }
  });
});

test("a click on a row of a comment goes to its line", () => {
  const of = comment(open(80, 24), 3, LONG);
  const spot = draw(of.state).spots.at(-1);
  expect(spot?.click(3, 5)).toEqual({ type: "review_at", line: 3 });
  expect(spot?.click(5, 5)).toEqual({ type: "review_at", line: 3 });
  const { below } = blocksIn(reviewOf(of), 80);
  expect(spot?.click(4 + below(3).length, 5)).toEqual({ type: "review_at", line: 4 });
});

function never(): never {
  throw new Error("there is no comment");
}
