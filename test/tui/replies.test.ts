import { expect, test } from "bun:test";
import { said } from "../../src/app/reply.ts";
import { gistOf } from "../../tui/replies.ts";

const row = { table: { columns: [{}, {}], rows: [["2", "#42 Dark mode"]] } };

test("of a reply the line above the footer says what its row does not", () => {
  expect(gistOf(said("Opened.", {}))).toBe("Opened.");
  expect(gistOf(said([row], {}))).toBe("2  #42 Dark mode");
  expect(gistOf(said([row, "Kept: it is told when copilot has ended its present run."], {}))).toBe(
    "Kept: it is told when copilot has ended its present run.  ·  2  #42 Dark mode",
  );
  expect(gistOf(said(["1 worktree is removed.", row], {}))).toBe("1 worktree is removed.");
  expect(gistOf(said([], {}))).toBe("done");
});
