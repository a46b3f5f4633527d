import { expect, test } from "bun:test";
import { newsOf } from "../../tui/news.ts";
import { dataOf, someViews } from "./scene.ts";

const before = dataOf(someViews()).fleet;

test("what is newly ready or newly needs a person is told, once", () => {
  const after = dataOf(
    someViews().map((view) =>
      view.id === 3 ? { ...view, status: "reviewing" as const, outcome: "ok" as const, run: null } : view,
    ),
  ).fleet;
  expect(newsOf(before, after)).toEqual([{ title: "🟡 #43 Dark mode", text: "ready for review" }]);
  expect(newsOf(after, after)).toEqual([]);
});

test("a failure is told with its reason, and what goes away is not told", () => {
  const after = dataOf(
    someViews().map((view) =>
      view.id === 3
        ? {
            ...view,
            status: "reviewing" as const,
            outcome: "failed" as const,
            failure: "quota" as const,
            run: null,
          }
        : view,
    ),
  ).fleet;
  expect(newsOf(before, after).map((one) => one.text)).toEqual(["copilot failed (quota)"]);
  expect(newsOf(after, before)).toEqual([]);
});
