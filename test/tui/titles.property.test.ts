import { afterAll, expect, test } from "bun:test";
import { tone } from "../../src/app/reply.ts";
import { widthOf } from "../../tui/frame.ts";
import { wrapped } from "../../tui/lines.ts";
import { cells, clean, cut, head, wrap } from "../../tui/text.ts";
import { aView } from "../fixtures/builders.ts";
import { random } from "../fixtures/random.ts";
import { dataOf, play, SIZES } from "./scene.ts";
import { camera } from "./shot.ts";

const shots = await camera();
afterAll(() => shots.end());

/** What titles are made of in the wild, and what should never be in one. */
const PIECES = [
  "Fix login",
  " ",
  "日本語のタイトル",
  "한국어",
  "👍",
  "👨‍👩‍👧‍👦",
  "👍🏽",
  "🇩🇪",
  "⏸️",
  "1️⃣",
  "e\u0301\u0302\u0303\u0304",
  "\u0301",
  "नमस्ते",
  "ภาษาไทย",
  "العربية",
  "\u202eright to left",
  "\u001b[31mred\u001b[0m",
  "\u0007",
  "\t",
  "\n",
  "\r",
  "\u009b2J",
  "\ud800",
  "﷽",
  "ＦＵＬＬ",
  "…",
  "│",
  "x".repeat(60),
  "\u200b",
  "\ufeff",
];

const title = (r: ReturnType<typeof random>) => {
  const parts = Array.from({ length: 1 + r.int(12) }, () => r.pick(PIECES)).join("");
  return r.chance(0.1) ? parts.repeat(50).slice(0, 500) : parts;
};

test("whatever a title holds, no row is wider than the screen, and no text lies over another", async () => {
  const r = random(7);
  for (let round = 0; round < 60; round++) {
    const [width, height] = r.pick(SIZES);
    const views = Array.from({ length: 6 }, (_, index) =>
      aView({ id: index + 1, number: index + 1, title: title(r), branch: title(r), task: title(r) }),
    );
    const at = play(width, height, dataOf(views)).keys(...r.pick([[], ["j"], ["G"], ["3"], ["enter"]]));
    const shot = await shots.shoot(at.state);
    expect(shot.lines.length).toBe(height);
    const wrong = shot.lines.filter((line) => Bun.stringWidth(line) !== width);
    expect({ round, wrong }).toEqual({ round, wrong: [] });
    // The frame at the right of the menu, and the age at the right of a row, stand where they belong.
    if (at.state.overlays.length === 0) expect(shot.lines.at(-1)).toContain("q quit");
    if (width >= 120 && at.state.overlays.length === 0)
      expect(shot.lines.slice(1, -1).filter((line) => !lineAt(line, at.state.width).startsWith("│"))).toEqual(
        [],
      );
  }
});

/** What stands where the preview begins. */
function lineAt(line: string, width: number): string {
  const column = 1 + Math.max(58, Math.min(100, Math.floor(width * 0.48)));
  return line.slice(head(line, column).length);
}

test("text is cut, wrapped and measured alike", () => {
  const r = random(11);
  for (let round = 0; round < 400; round++) {
    const text = clean(title(r));
    const width = 1 + r.int(40);
    expect(cells(cut(text, width))).toBeLessThanOrEqual(width);
    expect(cells(head(text, width))).toBeLessThanOrEqual(width);
    if (width >= 2) expect(wrap(text, width).filter((line) => cells(line) > width)).toEqual([]);
    const line = [text, tone(` ${title(r)} `, "dim"), text];
    const rows = width < 2 ? [] : wrapped(line, width).map((spans) => widthOf(spans));
    expect(rows.filter((wide) => wide > width)).toEqual([]);
    expect(clean(text)).toBe(text);
    expect(text).not.toMatch(/\p{Cc}|\p{Default_Ignorable_Code_Point}/u);
  }
});
