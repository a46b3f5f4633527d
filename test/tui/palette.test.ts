import { describe, expect, test } from "bun:test";
import { dispatchCandidates } from "../../src/cli/complete-dispatches.ts";
import { fieldOf } from "../../tui/field.ts";
import { pressed } from "../../tui/keys.ts";
import { namesNow } from "../../tui/names.ts";
import { completedFirst, type Names, suggestions } from "../../tui/palette.ts";
import { ALONE } from "./alone.ts";
import { type Play, play } from "./scene.ts";

const NAMES: Names = {
  dispatch: dispatchCandidates([
    { id: 1, kind: "issue", number: 42, title: "Fix login timeout", repo: "acme/app" },
    { id: 12, kind: "pr", number: 7, title: "Cache layer", repo: "acme/api" },
  ]),
  project: [
    { value: "acme/app", help: "/srv/app" },
    { value: "acme/api", help: "/srv/api" },
  ],
  agent: [{ value: "claude", help: "" }],
};

const names = (text: string) => suggestions(text, NAMES).map((one) => one.name);
const lines = (text: string) => suggestions(text, NAMES).map((one) => one.line);

describe("the palette completes", () => {
  test("commands, the likeliest first, as long as no command is whole", () => {
    expect(lines("disp")[0]).toBe("dispatch ");
    expect(names("xyzzy")).toEqual([]);
  });

  test("dispatches with their titles, by number, by target and by words of the title", () => {
    expect(suggestions("show ", NAMES).map((one) => [one.line, one.help])).toEqual([
      ["show 1 ", "#42 Fix login timeout"],
      ["show 12 ", "pr#7 Cache layer"],
    ]);
    expect(lines("show #4")).toEqual(["show #42 "]);
    expect(lines("rally show acme/app#")).toEqual(["rally show acme/app#42 "]);
    expect(lines("clean 1 cache")).toEqual(["clean 1 12 "]);
    expect(names("show nothing-like-it")).toEqual([]);
  });

  test("flags of the command that is typed, and their values; not those that only a shell has", () => {
    expect(names("clean --d")).toEqual(["--done", "--dry-run"]);
    expect(names("dispatch 42 --mode ")).toEqual(["read-only", "work", "full"]);
    expect(lines("dispatch 42 --mode=f")).toEqual(["dispatch 42 --mode=full "]);
    expect(names("dispatch 42 --agent ")).toEqual(["claude"]);
    expect(names("status --")).toEqual(["--all", "--project", "--help"]);
    expect(names("path 1 --j")).toEqual(["--json"]);
  });

  test("projects", () => {
    expect(names("offboard ")).toEqual(["acme/app", "acme/api"]);
    expect(lines("dispatch 42 --project acme/ap")).toEqual([
      "dispatch 42 --project acme/app ",
      "dispatch 42 --project acme/api ",
    ]);
  });

  test("inner commands, and never a word of a text", () => {
    expect(names("dispatch ")).toEqual(["issue", "pr", "task"]);
    expect(names("continue 1 now fix ")).toEqual([]);
    expect(names("continue 1 mind the -")).toEqual([]);
    expect(names("answer 1 ")).toEqual([]);
  });
});

describe("enter", () => {
  const first = (text: string, at = 0) => completedFirst(text, at, NAMES);

  test("completes half a word before it says the line", () => {
    expect(first("stat")).toBe("status ");
    expect(first("show login")).toBe("show 1 ");
    expect(first("clean --dry")).toBe("clean --dry-run ");
    expect(first("show ", 1)).toBe("show 12 ");
  });

  test("says what is whole, as it was typed", () => {
    for (const text of [
      "status",
      "show 1",
      "show 4",
      "show #42",
      "clean ",
      "clean --done",
      "continue 1 go on",
    ])
      expect(first(text)).toBeNull();
  });
});

test("tab and enter at the keys: the line grows, and then is said", () => {
  const typed = (of: Play, text: string) => of.keys(...[...text].map((one) => (one === " " ? "space" : one)));
  const open = typed(play(120, 30).keys(":"), "show ").after({ type: "named", names: NAMES });
  const chosen = open.keys("down", "tab");
  expect(chosen.state.overlays.at(-1)).toMatchObject({ field: fieldOf("show 12 ") });
  expect(pressed(chosen.state, "enter")).toMatchObject({ acts: [{}, { do: "say", text: "show 12" }] });
});

test("the selected dispatch is offered first, and what cannot be looked up is not offered", async () => {
  const { state } = play(120, 30).keys("G");
  const outside = {
    ...ALONE,
    names: async (wanted: string) => {
      if (wanted !== "dispatch") throw new Error("no home");
      return [
        { value: "1", help: "" },
        { value: "3", help: "" },
      ];
    },
  };
  const found = await namesNow(outside, state);
  expect(found.dispatch?.map((one) => one.value)).toEqual(["3", "1"]);
  expect(found.project).toEqual([]);
});
