import { afterAll, expect, test } from "bun:test";
import { createTestRenderer } from "@opentui/core/testing";
import { canvas } from "../../tui/canvas.ts";
import { draw } from "../../tui/draw.ts";
import type { Event } from "../../tui/events.ts";
import { type State, selected } from "../../tui/model.ts";
import { reduce } from "../../tui/state.ts";
import { themeNamed } from "../../tui/theme.ts";
import { play } from "./scene.ts";

const setup = await createTestRenderer({ width: 120, height: 30, maxFps: 1000, targetFps: 1000 });
afterAll(() => setup.dispose());
let state: State = play(120, 30).state;
const surface = canvas<Event>(setup.renderer, (event) => show(reduce(state, event)));
const show = (next: State) => {
  state = next;
  surface.show(draw(state), themeNamed(state.theme));
};

test("a click selects the row under it, its second line included, and the wheel moves on", async () => {
  show(play(120, 30).state);
  await setup.flush();
  await setup.mockMouse.click(10, 6);
  expect(selected(state)?.view.id).toBe(4);
  await setup.flush();
  await setup.mockMouse.click(10, 6);
  expect(selected(state)?.view.id).toBe(4);
  await setup.mockMouse.scroll(10, 6, "down");
  expect(selected(state)?.view.id).toBe(3);
});

test("a click on a tab opens it; headings and empty places do nothing", async () => {
  show(play(120, 30).state);
  await setup.flush();
  await setup.mockMouse.click(70, 1);
  expect(state.preview.tab).toBe("diff");
  const before = state;
  await setup.mockMouse.click(5, 1);
  await setup.mockMouse.click(5, 25);
  expect(state).toBe(before);
});

test("what lies below a menu cannot be clicked, and its rows can", async () => {
  show(play(120, 30).keys("enter").state);
  await setup.flush();
  const at = state.list.at;
  await setup.mockMouse.click(3, 8);
  expect(state.list.at).toBe(at);
  await setup.mockMouse.click(60, 10);
  expect(state.overlays[0]).toMatchObject({ kind: "menu" });
  expect(state.overlays[0]?.kind === "menu" && state.overlays[0].at).toBeGreaterThan(0);
});
