import { afterAll, describe, expect, test } from "bun:test";
import { createTestRenderer } from "@opentui/core/testing";
import { typedAhead } from "../../tui/ahead.ts";
import { ansiOf } from "../../tui/ansi.ts";
import { canvas } from "../../tui/canvas.ts";
import { draw } from "../../tui/draw.ts";
import { cells } from "../../tui/text.ts";
import { type THEMES, themeNamed } from "../../tui/theme.ts";
import { type Play, play, SIZES } from "./scene.ts";
import { camera } from "./shot.ts";

const shots = await camera();
afterAll(() => shots.end());

const ESCAPE = "\u001b";

/** What a terminal makes of it: texts at places, colours left out. */
function screenOf(bytes: string, width: number, height: number): string[] {
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => " "));
  let [x, y] = [0, 0];
  for (const [part, place] of bytes.replaceAll(ESCAPE, "␛").matchAll(/␛\[([\d;]*)[Hm]|[^␛]+/g)) {
    if (part.endsWith("H") && part.startsWith("␛")) {
      const [line = "1", column = "1"] = (place ?? "").split(";");
      [y, x] = [Number(line) - 1, Number(column) - 1];
    } else if (!part.startsWith("␛"))
      for (const { segment } of new Intl.Segmenter().segment(part)) {
        const wide = cells(segment);
        rows[y]?.splice(x, wide, segment, ...Array.from({ length: wide - 1 }, () => ""));
        x += wide;
      }
  }
  return rows.map((row) => row.join(""));
}

describe("the frame before the renderer is there", () => {
  test.each(SIZES.map(([width, height]) => [width, height] as const))(
    "is the renderer's own, at %d×%d",
    async (width, height) => {
      const { state } = play(width, height);
      const shot = await shots.shoot(state);
      const bytes = ansiOf(draw(state), themeNamed("dark"), "ansi-16m");
      expect(screenOf(bytes, width, height)).toEqual([...shot.lines]);
    },
  );

  test("has the colours of its theme, as many as the terminal knows; in the plain one none", () => {
    const { state } = play(80, 24);
    const of = (theme: (typeof THEMES)[number], depth: "ansi-16m" | "ansi-256") =>
      ansiOf(draw(state), themeNamed(theme), depth);
    expect(of("dark", "ansi-16m")).toContain("\u001b[48;2;42;51;80m");
    expect(of("dark", "ansi-256")).toMatch(/\[48;5;\d+m/);
    expect(of("dark", "ansi-256")).not.toContain(";2;");
    expect(of("terminal", "ansi-256")).toContain("\u001b[38;5;1m");
    expect(of("plain", "ansi-16m")).not.toMatch(/\[[34]8;/);
    expect(of("plain", "ansi-16m")).toContain("\u001b[0;7m");
  });
});

describe("keys that were pressed too early", () => {
  test("are kept in their order and said again; what a terminal answers is not kept", () => {
    const ahead = typedAhead();
    const taken = ["j", "\u001b[B", "\u001b", "é", "\u001b[?62;22c", "\u001bP1+r4d73\u001b\\", "q"].map(
      ahead.hold,
    );
    expect(taken).toEqual([true, true, true, true, false, false, true]);
    const said: string[] = [];
    ahead.release((sequence) => said.push(sequence));
    expect(said).toEqual(["j", "\u001b[B", "\u001b", "é", "q"]);
    expect(ahead.hold("j")).toBeFalse();
  });
});

test("a frame that is the same as the one before is not drawn again", async () => {
  const setup = await createTestRenderer({ width: 80, height: 24, maxFps: 1000, targetFps: 1000 });
  const surface = canvas(setup.renderer, () => undefined);
  let frames = 0;
  setup.renderer.on("frame", () => {
    frames += 1;
  });
  const show = async (of: Play) => {
    surface.show(draw(of.state), themeNamed("dark"));
    await setup.flush();
    return frames;
  };
  const first = await show(play(80, 24));
  expect(await show(play(80, 24))).toBe(first);
  expect(await show(play(80, 24).keys("j"))).toBeGreaterThan(first);
  await setup.dispose();
});
