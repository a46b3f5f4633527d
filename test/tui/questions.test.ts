import { afterAll, describe, expect, test } from "bun:test";
import { fieldOf } from "../../tui/field.ts";
import { inputRows } from "../../tui/views/input.ts";
import { play } from "./scene.ts";
import { camera } from "./shot.ts";

const shots = await camera();
afterAll(() => shots.end());

const asked = (width: number, height: number) =>
  play(width, height).after({
    type: "opened",
    overlay: {
      kind: "confirm",
      title: "Clean many",
      lines: Array.from({ length: 30 }, (_, index) => `thing ${index + 1}.`),
      choices: [
        {
          key: "f",
          label: "stop and remove 1, 2, 3, 4, 5, 6 and 7, also what exists nowhere else",
          act: null,
        },
        { key: "n", label: "leave everything as it is", act: null },
      ],
      scroll: 0,
      ask: null,
    },
  });

describe("a question that is longer than the screen", () => {
  test.each([
    [120, 30],
    [60, 15],
    [20, 6],
  ])("says that there is more, and is read to its end, at %d×%d", async (width, height) => {
    const first = await shots.shoot(asked(width, height).state);
    expect(first.text).toMatch(/\d+\/\d+/);
    expect(first.text).not.toContain("thing 30.");
    const last = asked(width, height).keys(...Array.from({ length: 60 }, () => "down"));
    expect((await shots.shoot(last.state)).text).toContain("thing 30.");
    // It stops there, and comes back at once.
    expect((await shots.shoot(last.keys("up").state)).text).not.toContain("thing 30.");
  });

  test("has its ways on in sight, whole where there is room", async () => {
    const { text } = await shots.shoot(asked(60, 15).state);
    expect(text.replace(/[│\s]+/g, " ")).toContain("also what exists nowhere else");
    expect((await shots.shoot(asked(20, 6).state)).text).toContain("n   leave");
  });
});

test("a text is written in as many lines as it needs, the question that it answers above it", async () => {
  const open = play(60, 15).after({
    type: "opened",
    overlay: {
      kind: "input",
      title: "Answer 4",
      about: "Should an empty password be refused at once, or is the person to be asked again?\nOr both?",
      field: fieldOf("Refuse it, and say so in the very line in which the password was typed.\nThanks."),
      purpose: { kind: "line", lines: [["answer", "4"]] },
    },
  });
  const { text } = await shots.shoot(open.state);
  for (const part of ["Should an empty", "asked again?", "Or both?", "❯ Refuse it", "Thanks."])
    expect(text).toContain(part);
});

describe("the rows of a text", () => {
  const at = (text: string, index: number, width = 4) => inputRows({ text, at: index }, width).cursor;

  test("break at line breaks and where there is no more room", () => {
    expect(inputRows(fieldOf("abcdef\ngh"), 4).rows).toEqual(["abcd", "ef", "gh"]);
    expect(inputRows(fieldOf("日本語"), 4).rows).toEqual(["日本", "語"]);
    expect(inputRows(fieldOf(""), 4).rows).toEqual([""]);
  });

  test("break between words where they can, and the cursor goes with its word", () => {
    const rows = (text: string) => inputRows(fieldOf(text), 8).rows;
    expect(rows("one two three")).toEqual(["one two ", "three"]);
    expect(rows("one twelve")).toEqual(["one ", "twelve"]);
    expect(rows("immeasurable")).toEqual(["immeasur", "able"]);
    expect(rows("eight__8 x")).toEqual(["eight__8 ", "x"]);
    expect(at("one twelve", 6, 8)).toEqual({ row: 1, column: 2 });
    expect(at("one twelve", 3, 8)).toEqual({ row: 0, column: 3 });
    expect(at("one twelve", 10, 8)).toEqual({ row: 1, column: 6 });
  });

  test("have the cursor where the next letter comes", () => {
    expect(at("abcdef\ngh", 0)).toEqual({ row: 0, column: 0 });
    expect(at("abcdef\ngh", 4)).toEqual({ row: 1, column: 0 });
    expect(at("abcdef\ngh", 6)).toEqual({ row: 1, column: 2 });
    expect(at("abcdef\ngh", 7)).toEqual({ row: 2, column: 0 });
    expect(at("abcdef\ngh", 9)).toEqual({ row: 2, column: 2 });
    expect(at("a\n", 2)).toEqual({ row: 1, column: 0 });
  });
});
