import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CONFIG, type Home, newHome, until } from "./home.ts";

setDefaultTimeout(30_000);

let home: Home;
beforeAll(async () => {
  home = await newHome(`${CONFIG}limits:\n  observe_ms: 1\n`);
  await home.rally("onboard", ".", "--local");
});
afterAll(() => home.remove());

test("invariant 13: on a machine too slow for any look in time, status still ends what has ended", async () => {
  for (const title of ["One", "Two"]) await home.rally("dispatch", "task", title);
  await until(
    () => "the ends",
    async () => {
      const { dispatches } = await home.json<{ dispatches: { display: string }[] }>("status");
      return dispatches.length === 2 && dispatches.every((row) => row.display === "ready");
    },
  );
  expect((await home.rally("status")).out).toContain("2 ready");
});
