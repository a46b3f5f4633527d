import { describe, expect, test } from "bun:test";
import { messageOf, readNotes } from "../../tui/review/notes.ts";
import { type Diff, parsePatch } from "../../tui/review/patch.ts";
import { placed } from "../../tui/review/placing.ts";
import { linesIn } from "../../tui/state/review.ts";
import { type Play, play, reviewing } from "./scene.ts";

const HEAD = "diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n";
const patch = (body: string): Diff => parsePatch(`${HEAD}${body}`);

const FIRST = patch(`@@ -1,5 +1,6 @@
 import x from "x";
-const limit = 30;
+const limit = 60;
+if (a) {
+}
 if (b) {
 }
`);

/** The cursor on a line of the first diff, and a comment written there. */
const commented = (line: number, text = "why?"): Play =>
  play(120, 30)
    .after({ type: "review", id: 2 }, reviewing(FIRST), { type: "review_at", line })
    .keys("c", ...text, "enter");

const after = (of: Play, diff: Diff): Play => of.after(reviewing(diff));
const places = (of: Play) => {
  const { review } = of.state;
  if (!review?.diff) throw new Error("no review is open");
  return placed(review.diff, review.notes.comments).map(({ at, line, outdated }) => ({ at, line, outdated }));
};
const kinds = (of: Play) => (of.state.review ? linesIn(of.state.review).map((line) => line.kind) : []);

describe("after the agent's next run a comment stands", () => {
  test("at its line, where nothing has moved", () => {
    expect(places(after(commented(4), FIRST))).toEqual([{ at: 4, line: 2, outdated: false }]);
  });

  test("at the line that says the same, where that has moved", () => {
    const moved = patch(`@@ -1,5 +1,8 @@
+// new
+// lines
 import x from "x";
-const limit = 30;
+const limit = 60;
 if (b) {
 }
`);
    expect(places(after(commented(4), moved))).toEqual([{ at: 6, line: 4, outdated: false }]);
    expect(messageOf(placed(moved, commented(4).state.review?.notes.comments ?? []), true)).toContain(
      "1. src/a.ts:4\n   > const limit = 60;\n   why?",
    );
  });

  test("at a deleted line as long as that is deleted, and at no added one that says the same", () => {
    const again = patch(`@@ -1,5 +1,5 @@
 import x from "x";
-const limit = 30;
+const limit = 90;
 if (b) {
`);
    expect(places(after(commented(3), again))).toEqual([{ at: 3, line: 2, outdated: false }]);
    const back = patch(`@@ -9,1 +9,2 @@
 if (b) {
+const limit = 30;
`);
    expect(places(after(commented(3), back))).toEqual([{ at: null, line: null, outdated: true }]);
  });

  test("among lines that read alike at the one between the same neighbours, never at just any", () => {
    const twice = patch(`@@ -1,5 +1,9 @@
+if (z) {
+}
 import x from "x";
+const limit = 60;
+if (a) {
+}
 if (b) {
 }
`);
    expect(places(after(commented(6), twice))).toEqual([{ at: 7, line: 6, outdated: false }]);
    const elsewhere = patch("@@ -40,2 +50,3 @@\n call();\n+}\n end();\n");
    expect(places(after(commented(6), elsewhere))).toEqual([{ at: null, line: null, outdated: true }]);
  });

  test("in a file that was renamed", () => {
    const renamed = parsePatch(
      "diff --git a/src/a.ts b/src/b.ts\nsimilarity index 90%\nrename from src/a.ts\nrename to src/b.ts\n--- a/src/a.ts\n+++ b/src/b.ts\n@@ -1,2 +1,2 @@\n-const limit = 30;\n+const limit = 60;\n",
    );
    expect(places(after(commented(4), renamed))).toEqual([{ at: 3, line: 1, outdated: false }]);
  });
});

describe("a comment whose line is gone", () => {
  const gone = patch("@@ -1,1 +1,2 @@\n import x from 'x';\n+const most = 60;\n");

  test("is listed at the end with its own words, and never lost", () => {
    const of = after(commented(4, "from a constant?"), gone);
    expect(kinds(of)).toEqual(["file", "hunk", "same", "added", "hunk", "outdated"]);
    expect(of.state.review?.notes.comments.length).toBe(1);
    expect(messageOf(placed(gone, of.state.review?.notes.comments ?? []), true)).toContain(
      "1. src/a.ts:2 (no longer in the changes)\n   > const limit = 60;",
    );
  });

  test("also where its file has vanished from the changes, and where nothing is left of them", () => {
    const other = parsePatch("diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n");
    expect(kinds(after(commented(4), other)).at(-1)).toBe("outdated");
    expect(kinds(after(commented(4), parsePatch("")))).toEqual(["hunk", "outdated"]);
  });

  test("is found by the keys, can be changed and dropped, and takes no second one", () => {
    const of = after(commented(4), gone).keys("g", "n");
    expect(of.state.review?.at).toBe(5);
    expect(of.keys("k", "c").state.overlays).toEqual([]);
    const changed = of.keys("c", ..." 60?", "enter").state.review?.notes.comments;
    expect(changed).toEqual([
      expect.objectContaining({ text: "why? 60?", line: 2, code: "const limit = 60;" }),
    ]);
    const dropped = of.keys("D");
    expect(dropped.state.review?.notes.comments).toEqual([]);
    expect(kinds(dropped)).toEqual(["file", "hunk", "same", "added"]);
    expect(dropped.keys("k").state.review?.at).toBeLessThan(4);
  });
});

test("comments survive as text, and half of one is not read", () => {
  const notes = commented(3).state.review?.notes;
  expect(readNotes(JSON.stringify(notes))).toEqual(notes ?? readNotes(null));
  expect(readNotes('{"comments": [{"path": "a"}, null, {"path": "a", "text": "b"}]}').comments).toEqual([
    { path: "a", line: null, side: "now", code: "", before: null, after: null, text: "b" },
  ]);
});
