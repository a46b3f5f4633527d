import { describe, expect, test } from "bun:test";
import {
  hashesOf,
  isReviewed,
  messageOf,
  NO_NOTES,
  readNotes,
  withoutComments,
} from "../../tui/review/notes.ts";
import { parsePatch } from "../../tui/review/patch.ts";
import { placed } from "../../tui/review/placing.ts";
import { fileAt, reviewedCount, toComment } from "../../tui/state/review.ts";
import { type Play, play, reviewing } from "./scene.ts";

const PATCH = `diff --git a/src/login.ts b/src/login.ts
index 1111111..2222222 100644
--- a/src/login.ts
+++ b/src/login.ts
@@ -1,3 +1,4 @@ export function login
 const a = 1;
-const b = 2;
+const b = 3;
+const c = 4;
 const d = 5;
@@ -10,2 +11,2 @@
-old
+new
 end
\\ No newline at end of file
diff --git a/README.md b/docs/READ ME.md
similarity index 90%
rename from README.md
rename to docs/READ ME.md
index 3333333..4444444 100644
--- a/README.md
+++ b/docs/READ ME.md
@@ -1 +1 @@
-Shop
+The shop
diff --git a/logo.png b/logo.png
new file mode 100644
index 0000000..5555555
Binary files /dev/null and b/logo.png differ
diff --git "a/na\\303\\257ve.txt" "b/na\\303\\257ve.txt"
new file mode 100644
index 0000000..6666666
--- /dev/null
+++ "b/na\\303\\257ve.txt"
@@ -0,0 +1 @@
+diff --git is only text here
`;

describe("a patch", () => {
  const diff = parsePatch(PATCH);

  test("is read into files, with what became of each", () => {
    expect(
      diff.files.map(({ path, from, added, removed, binary }) => [path, from, added, removed, binary]),
    ).toEqual([
      ["src/login.ts", null, 3, 2, false],
      ["docs/READ ME.md", "README.md", 1, 1, false],
      ["logo.png", null, 0, 0, true],
      ["naïve.txt", null, 1, 0, false],
    ]);
    expect([diff.added, diff.removed]).toEqual([5, 3]);
  });

  test("numbers its lines as before and as now", () => {
    const code = diff.lines.filter((line) => "now" in line && line.file === 0);
    expect(code.map((line) => ("now" in line ? [line.kind, line.old, line.now] : []))).toEqual([
      ["same", 1, 1],
      ["removed", 2, null],
      ["added", null, 2],
      ["added", null, 3],
      ["same", 3, 4],
      ["removed", 10, null],
      ["added", null, 11],
      ["same", 11, 12],
    ]);
  });

  test("has the same mark for the same change, wherever it stands, and another for another", () => {
    const moved = parsePatch(
      PATCH.replace("@@ -1,3 +1,4 @@", "@@ -5,3 +5,4 @@").replace("1111111..2222222", "9999999..8888888"),
    );
    expect(moved.files[0]?.hash).toBe(diff.files[0]?.hash ?? "");
    expect(parsePatch(PATCH.replace("const c = 4", "const c = 5")).files[0]?.hash).not.toBe(
      diff.files[0]?.hash ?? "",
    );
  });

  test("of twenty thousand lines is read to its end", () => {
    const big = `diff --git a/x.ts b/x.ts\n--- a/x.ts\n+++ b/x.ts\n@@ -0,0 +1,20000 @@\n${"+const x = 1;\n".repeat(20_000)}`;
    expect(parsePatch(big).lines.length).toBe(20_002);
  });
});

describe("a review", () => {
  const open = (width = 120, height = 30): Play =>
    play(width, height).after({ type: "review", id: 2 }, reviewing(parsePatch(PATCH)));
  const at = (of: Play) => of.state.review?.at ?? -1;
  const file = (of: Play) => (of.state.review ? fileAt(of.state.review)?.path : null);

  test("goes from hunk to hunk and from file to file", () => {
    expect(at(open().keys("]"))).toBe(1);
    expect(at(open().keys("]", "]"))).toBe(7);
    expect(at(open().keys("]", "]", "["))).toBe(1);
    expect(file(open().keys("}"))).toBe("docs/READ ME.md");
    expect(file(open().keys("}", "}", "{"))).toBe("docs/READ ME.md");
    expect(file(open().keys("}", "}", "}", "}", "}"))).toBe("naïve.txt");
  });

  test("takes comments on lines of code only, and sends them as one message with their places", () => {
    expect(toComment(open().state.review ?? never())).toEqual([]);
    const noted = open()
      .keys("j", "j", "j", "c", ..."why 2?", "enter")
      .keys("j", "c", ..."use 4", "enter");
    const at2 = { path: "src/login.ts", line: 2 } as const;
    expect(noted.state.review?.notes.comments).toEqual([
      {
        ...at2,
        side: "old",
        code: "const b = 2;",
        before: "const a = 1;",
        after: "const b = 3;",
        text: "why 2?",
      },
      {
        ...at2,
        side: "now",
        code: "const b = 3;",
        before: "const b = 2;",
        after: "const c = 4;",
        text: "use 4",
      },
    ]);
    expect(messageOf(placed(parsePatch(PATCH), noted.state.review?.notes.comments ?? []), true)).toBe(
      "2 comments on your changes. Please address each of them.\n\n1. src/login.ts:2 (a line that was removed)\n   > const b = 2;\n   why 2?\n\n2. src/login.ts:2\n   > const b = 3;\n   use 4",
    );
    expect(noted.keys("D").state.review?.notes.comments.length).toBe(1);
  });

  test("loses the comments that were sent, and neither later ones nor those on another dispatch", () => {
    const first = open().keys("j", "j", "j", "c", ..."one", "enter");
    const comments = first.state.review?.notes.comments ?? [];
    const second = first.keys("j", "c", ..."two", "enter");
    const texts = (of: Play) => of.state.review?.notes.comments.map(({ text }) => text);
    expect(texts(second)).toEqual(["one", "two"]);
    expect(texts(second.after({ type: "review_sent", id: 2, comments }))).toEqual(["two"]);
    expect(texts(second.after({ type: "review_sent", id: 4, comments }))).toEqual(["one", "two"]);
    // As they were kept, too.
    const kept = readNotes(JSON.stringify(second.state.review?.notes));
    expect(withoutComments(kept, comments).comments.map(({ text }) => text)).toEqual(["two"]);
  });

  test("marks files by their content: another content is not reviewed any more", () => {
    const marked = open().keys("r");
    expect(reviewedCount(marked.state.review ?? never())).toBe(1);
    expect(file(marked)).toBe("docs/READ ME.md");
    const changed = parsePatch(PATCH.replace("const c = 4", "const c = 5"));
    const notes = marked.state.review?.notes ?? NO_NOTES;
    const after = marked.after(reviewing(changed, notes));
    expect(changed.files[0] && isReviewed(notes, hashesOf(changed), changed.files[0])).toBeFalse();
    expect(reviewedCount(after.state.review ?? never())).toBe(0);
    expect(reviewedCount(marked.keys("k", "g", "r").state.review ?? never())).toBe(0);
  });

  test("keeps its notes as text, and reads anything else as none", () => {
    const notes = open().keys("r").state.review?.notes ?? NO_NOTES;
    expect(readNotes(JSON.stringify(notes))).toEqual(notes);
    expect(readNotes("nonsense")).toEqual(NO_NOTES);
    expect(readNotes("[1]")).toEqual(NO_NOTES);
    expect(readNotes(null)).toEqual(NO_NOTES);
  });

  test("keeps the cursor on the screen", () => {
    let of = open(80, 10);
    for (const key of ["G", "pageup", "j", "g", "pagedown", "]"]) {
      of = of.keys(key);
      const review = of.state.review ?? never();
      expect(review.at).toBeGreaterThanOrEqual(review.first);
      expect(review.at).toBeLessThan(review.first + 7);
    }
  });
});

function never(): never {
  throw new Error("no review is open");
}
