import { describe, expect, test } from "bun:test";
import type { Block, Line, Reply, Table } from "../../src/app/reply.ts";
import { tone } from "../../src/app/reply.ts";
import { cleanLine, cleanText } from "../../src/cli/clean.ts";
import { print, printProblem } from "../../src/cli/print.ts";
import { tableLines } from "../../src/cli/table.ts";
import { Problem } from "../../src/domain/problem.ts";
import { redact } from "../../src/redact.ts";
import { fakeTerminal, PLAIN } from "./fake-terminal.ts";

const reply = (...text: Block[]): Reply => ({ text, json: { a: 1 } });

describe("what is printed", () => {
  test("lines to stdout, asides and problems to stderr, the worst exit code counts", async () => {
    const { terminal, printed } = fakeTerminal();
    const exit = await print(
      {
        ...reply("one", ["two ", tone("parts", "good")]),
        aside: ["beside"],
        problems: [
          new Problem("missing", "No such dispatch.", { hint: "rally status" }),
          new Problem("git", "Git failed."),
        ],
      },
      terminal,
      PLAIN,
    );
    expect(printed).toEqual({
      out: "one\ntwo parts\n",
      err: "beside\nNo such dispatch.\nhint: rally status\nGit failed.\n",
    });
    expect(exit).toBe(6);
    expect(await print({ ...reply(), exit: 75 }, terminal, PLAIN)).toBe(75);
    expect(await print(reply("x"), terminal, PLAIN)).toBe(0);
  });

  test("--json prints the data alone, in the order of its keys, with nothing else on stdout", async () => {
    const { terminal, printed } = fakeTerminal({ outTty: true, errTty: true, colour: true });
    await print(
      { ...reply("x"), json: { b: 1, a: [] }, offers: [{ label: "Log", line: "log 7" }] },
      terminal,
      { ...PLAIN, json: true },
    );
    expect(printed).toEqual({ out: '{\n  "b": 1,\n  "a": []\n}\n', err: "" });
  });

  test("--json is one line for a program", async () => {
    const { terminal, printed } = fakeTerminal();
    await print({ ...reply("x"), json: { b: 1, a: [] } }, terminal, { ...PLAIN, json: true });
    expect(printed.out).toBe('{"b":1,"a":[]}\n');
  });

  test("colour only where it is wanted", async () => {
    const plain = fakeTerminal({ outTty: true });
    const colour = fakeTerminal({ outTty: true, colour: true });
    for (const { terminal } of [plain, colour]) await print(reply([tone("bad", "bad")]), terminal, PLAIN);
    expect(plain.printed.out).toBe("bad\n");
    expect(colour.printed.out).toBe("\u001b[31mbad\u001b[0m\n");
  });

  test("offers are the next lines to type, on a terminal, without what is dangerous", async () => {
    const offers = [
      { label: "Diff", line: "diff 7" },
      { label: "Continue…", line: "continue 7", takesText: true },
      { label: "Clean", line: "clean 7", danger: true },
    ] as const;
    const { terminal, printed } = fakeTerminal({ outTty: true, errTty: true });
    await print({ ...reply("x"), offers }, terminal, PLAIN);
    expect(printed.err).toBe('next: rally diff 7 · rally continue 7 "…"\n');
    const pipe = fakeTerminal();
    await print({ ...reply("x"), offers }, pipe.terminal, PLAIN);
    expect(pipe.printed.err).toBe("");
  });

  test("text as it stands: byte for byte into a pipe, harmless and coloured on a terminal", async () => {
    const diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\u001b[31m\r\n+b";
    const pipe = fakeTerminal();
    await print(reply({ verbatim: diff, as: "diff" }), pipe.terminal, PLAIN);
    expect(pipe.printed.out).toBe(diff);
    const screen = fakeTerminal({ outTty: true });
    await print(reply({ verbatim: diff, as: "diff" }), screen.terminal, PLAIN);
    expect(screen.printed.out).toBe("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
    const colour = fakeTerminal({ outTty: true, colour: true });
    await print(reply({ verbatim: diff, as: "diff" }), colour.terminal, PLAIN);
    expect(colour.printed.out).toContain("\u001b[32m+b\u001b[0m");
  });

  test("a stream appends, or replaces what stands on the screen", async () => {
    async function* parts() {
      yield reply("one");
      yield reply("two");
    }
    const append = fakeTerminal({ outTty: true });
    await print({ ...reply("first"), stream: { how: "append", parts: parts() } }, append.terminal, PLAIN);
    expect(append.printed.out).toBe("first\none\ntwo\n");
    const replace = fakeTerminal({ outTty: true });
    await print({ ...reply("never"), stream: { how: "replace", parts: parts() } }, replace.terminal, PLAIN);
    expect(replace.printed.out).toBe("\u001b[H\u001b[2Jone\n\u001b[H\u001b[2Jtwo\n");
  });
});

describe("a problem", () => {
  test("is a sentence and a hint, and its code is the exit", () => {
    const { terminal, printed } = fakeTerminal({ errColour: true, errTty: true });
    expect(printProblem(new Problem("usage", "No.", { hint: "rally help" }), terminal, PLAIN)).toBe(2);
    expect(printed.err).toBe("\u001b[31mNo.\u001b[0m\n\u001b[2mhint:\u001b[0m rally help\n");
    expect(printProblem(new Problem("refused", "No."), terminal, PLAIN)).toBe(5);
  });

  test("has no stack trace, unless RALLY_DEBUG asks for the chain of causes", () => {
    const error = new Problem("git", "Git failed.", { cause: new Error("exit 128") });
    const quiet = fakeTerminal();
    printProblem(error, quiet.terminal, PLAIN);
    expect(quiet.printed.err).toBe("Git failed.\n");
    const loud = fakeTerminal();
    printProblem(error, loud.terminal, { ...PLAIN, debug: true });
    expect(loud.printed.err).toMatch(/Git failed\.\n.*at .*caused by: .*exit 128/s);
  });

  test("that is none is a bug, and said to be one", () => {
    const { terminal, printed } = fakeTerminal();
    expect(printProblem(new TypeError("x is undefined"), terminal, PLAIN)).toBe(70);
    expect(printed.err).toStartWith("This is a bug in Rally: x is undefined\nhint: ");
    expect(printProblem("thrown text", terminal, PLAIN)).toBe(70);
    const circle = new Error("round");
    circle.cause = circle;
    expect(printProblem(circle, terminal, { ...PLAIN, debug: true })).toBe(70);
  });

  test("shows no secret and moves no cursor", () => {
    const { terminal, printed } = fakeTerminal();
    const message = "https://a:b@c.d/ failed\u001b[2J\nfor \u202eyou";
    const cause = new Error("https://e:f@c.d/");
    printProblem(new Problem("git", message, { hint: "see https://g:h@c.d/", cause }), terminal, {
      redact,
      debug: true,
    });
    for (const harm of ["a:b@", "e:f@", "g:h@", "\u001b", "\u202e"]) expect(printed.err).not.toContain(harm);
    expect(printed.err.split("\n")[0]).toBe("https://[secret]@c.d/ failed for you.");
  });
});

describe("text that means harm", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["colours", "a\u001b[31mb\u001b[0m", "ab"],
    ["a cursor that moves", "a\u001b[2J\u001b[1;1Hb", "ab"],
    ["a title", "a\u001b]0;evil\u0007b", "ab"],
    ["a link", "\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\", "click"],
    ["an unfinished sequence", "a\u001b]0;evil", "a"],
    ["a device query", "a\u001bP+q544e\u001b\\b", "ab"],
    ["8-bit sequences", "a\u009b31mb", "ab"],
    ["lone escapes", "a\u001bcb\u001b", "ab"],
    ["line breaks and tabs", "a\r\nb\tc\u2028d", "a b c d"],
    ["backspaces and bells", "a\u0008\u0007b", "ab"],
    ["turned text", "a\u202ecba\u2066d", "acbad"],
    ["what cannot be seen", "a\u200bb\ufeff", "ab"],
    ["a family stays one", "👨‍👩‍👧 é", "👨‍👩‍👧 é"],
  ];
  for (const [name, text, clean] of cases)
    test(name, () => {
      expect(cleanLine(text)).toBe(clean);
    });

  test("in many lines, breaks and tabs stay", () => {
    expect(cleanText("a\tb\r\nc\u001b[31m\u0007\n")).toBe("a\tb\nc\n");
  });
});

describe("tables", () => {
  const table = (rows: Table["rows"], columns: Table["columns"] = [{}, { min: 6 }, { align: "right" }]) => ({
    columns,
    rows,
  });

  test("are aligned by display width: emoji, wide and combining characters", () => {
    const rows = [
      ["⏸️", "日本", "1"],
      ["✅", "e\u0301e\u0301", "10"],
      ["👻", "👨‍👩‍👧 x", "100"],
    ];
    const lines = tableLines(table(rows), null, false);
    expect(lines).toEqual(["⏸️  日本    1", "✅  e\u0301e\u0301     10", "👻  👨‍👩‍👧 x  100"]);
    expect(new Set(lines.map((line) => Bun.stringWidth(line))).size).toBe(1);
  });

  test("colour changes no width, and nothing trails", () => {
    const rows = [
      [[tone("ab", "good")], "", ""],
      ["a", "b", ""],
    ];
    expect(tableLines(table(rows), null, true)).toEqual(["\u001b[32mab\u001b[0m", "a   b"]);
  });

  test("too wide: the widest is cut first, wide characters whole", () => {
    const cut = (title: string, width: number) => tableLines(table([["id", title, "12m"]]), width, false);
    expect(cut("a very long title indeed", 20)).toEqual(["id  a very lon…  12m"]);
    expect(cut("暗いモード暗いモード", 20)).toEqual(["id  暗いモード…  12m"]);
    expect(cut("暗いモード暗いモード", 19)).toEqual(["id  暗いモー…   12m"]);
  });

  test("then columns vanish, the lowest first, then all gives way", () => {
    const columns = [{}, { min: 10 }, { drop: 2 }, { drop: 1 }];
    const at = (width: number) =>
      tableLines(table([["id", "a very long title", "second", "first"]], columns), width, false);
    expect(at(40)).toEqual(["id  a very long title  second  first"]);
    expect(at(24)).toEqual(["id  a very long…  second"]);
    expect(at(16)).toEqual(["id  a very long…"]);
    expect(at(11)).toEqual(["id  a very…"]);
  });

  test("headings are cut, what is below is wrapped, and what is to be typed stays whole", () => {
    const rows: Table["rows"] = [
      { heading: "a heading that is too long" },
      ["1", "x", ""],
      { below: ["some words and → ", tone("rally log 7", "accent")], indent: 2 },
    ];
    expect(tableLines(table(rows), 20, false)).toEqual([
      "a heading that is t…",
      "1  x",
      "  some words and →",
      "  rally log 7",
    ]);
  });

  test("the last column may be wrapped", () => {
    const rows = [["name", "one two three four"]];
    expect(tableLines({ columns: [{}, { min: 8, wrap: true }], rows }, 16, false)).toEqual([
      "name  one two",
      "      three four",
    ]);
  });

  test("a title of control characters breaks no row", () => {
    expect(tableLines(table([["1", "a\nb\u001b[2Jc", "2"]]), null, false)).toEqual(["1  a bc  2"]);
  });

  test("no line is wider than the terminal, whatever is in it", () => {
    const words = ["日本", "👨‍👩‍👧", "e\u0301", "plain words here", "", "x".repeat(300), "⏸️"];
    for (let width = 20; width <= 200; width += 9)
      for (let seed = 0; seed < 20; seed++) {
        const cell = (n: number): Line => words[(seed * 7 + n * 3) % words.length] ?? "";
        const rows = [[cell(0), cell(1), cell(2)], [cell(3), cell(4), cell(5)], { heading: cell(6) }];
        for (const line of tableLines(table(rows), width, false))
          expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
      }
  });
});
