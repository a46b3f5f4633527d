import { expect, test } from "bun:test";
import { asker } from "../../tui/asker.ts";
import type { Act, Event } from "../../tui/events.ts";
import { pressed } from "../../tui/keys.ts";
import type { State } from "../../tui/model.ts";
import { reduce } from "../../tui/state.ts";
import { play } from "./scene.ts";

/** A person at the keys, and the questions of commands. */
function desk() {
  let state: State = play(80, 24).state;
  const dispatch = (event: Event) => {
    state = reduce(state, event);
  };
  const asks = asker(dispatch);
  const perform = (act: Act): void => {
    if (act.do === "event") dispatch(act.event);
    if (act.do === "all") act.acts.forEach(perform);
    if (act.do === "answer") asks.answer(act.ask, act.value);
  };
  const press = (...keys: readonly string[]) => {
    for (const key of keys) {
      const act = pressed(state, key);
      if (act && !("why" in act)) perform(act);
    }
  };
  return { asks, press, boxes: () => state.overlays.length };
}

test("a question is answered by its letter, and esc is a no", async () => {
  const { asks, press, boxes } = desk();
  const yes = asks.ask.confirm("Dispatch it anyway?", { flag: "--trust" });
  press("y");
  expect(await yes).toBeTrue();
  const no = asks.ask.confirm("Dispatch it anyway?", { flag: "--trust" });
  press("x", "esc");
  expect(await no).toBeFalse();
  expect(boxes()).toBe(0);
});

test("several can be chosen after a search; leaving chooses nothing", async () => {
  const { asks, press } = desk();
  const choices = ["apple", "pear", "peach"].map((label) => ({ label, value: label }));
  const many = asks.ask.pick("Which?", choices, { many: true, instead: "" });
  press("p", "e", "ctrl-x", "ctrl-x", "enter");
  expect(await many).toEqual(["pear", "peach"]);
  const none = asks.ask.pick("Which?", choices, { many: false, instead: "" });
  press("esc");
  expect(await none).toEqual([]);
});

test("when the dashboard goes, whatever is still asked is refused", async () => {
  const { asks, boxes } = desk();
  const asked = [asks.ask.confirm("One?", { flag: "--yes" }), asks.ask.confirm("Two?", { flag: "--yes" })];
  asks.refuseAll();
  expect(await Promise.all(asked)).toEqual([false, false]);
  expect(boxes()).toBe(0);
});
