import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { display } from "../../src/domain/display.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { type Bench, bench } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
beforeEach(async () => {
  it = await bench();
  await it.type(["onboard", ".", "--local"]);
});
afterEach(() => it.close());

const one = () => {
  const [view] = snapshot(it.world.store);
  if (!view) throw new Error("There is no dispatch.");
  return view;
};

test("what was done by a merge at home is ready again when its agent has gone on", async () => {
  await it.type(["dispatch", "task", "Write notes"]);
  await it.until(() => display(one()) === "ready");
  it.sh(`git merge -q ${one().branch}`);
  await it.type(["refresh"]);
  expect(display(one())).toBe("done");
  await it.type(["continue", "1", "and more of them"]);
  await it.until(() => one().run?.id === 2 && display(one()) === "ready");
  expect(one().git).toMatchObject({ inBase: false, commits: 1 });
});

test("what was done by a merge at home is done still when its cleaning is undone", async () => {
  await it.type(["dispatch", "task", "Write notes"]);
  await it.until(() => display(one()) === "ready");
  it.sh(`git merge -q ${one().branch}`);
  await it.type(["refresh"]);
  expect(display(one())).toBe("done");
  await it.type(["clean", "1", "--yes"]);
  await it.type(["undo", "1"]);
  expect(display(one())).toBe("done");
  it.sh("git reset -q --hard HEAD^");
  await it.type(["show", "1"]);
  expect(display(one())).toBe("ready");
});
