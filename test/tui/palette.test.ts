import { describe, expect, test } from "bun:test";
import { dispatchCandidates } from "../../src/cli/complete-dispatches.ts";
import { fieldOf } from "../../tui/field.ts";
import { pressed } from "../../tui/keys.ts";
import { namesNow } from "../../tui/names.ts";
import { completedFirst, type Names, pathsMissing, suggestions } from "../../tui/palette.ts";
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
    // Found by a word of its summary, and never by letters from all over it.
    expect(names("worktree")).toContain("clean [<d>…]");
    expect(names("nonsense")).toEqual([]);
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

describe("files and folders", () => {
  const listed = (folder: string, kind: "file" | "folder", ...values: string[]): Names => ({
    paths: { folder, kind, written: folder, found: values.map((value) => ({ value, help: "" })) },
  });
  const found = (text: string, of: Names) => suggestions(text, of).map((one) => one.line);

  test("are completed where a command takes one, and nowhere else", () => {
    expect(pathsMissing("onboard ", {})).toEqual({ folder: "", kind: "folder" });
    expect(pathsMissing("onboard ~/src/ra", {})).toEqual({ folder: "~/src/", kind: "folder" });
    expect(pathsMissing("pr 4 --body-file notes/", {})).toEqual({ folder: "notes/", kind: "file" });
    expect(pathsMissing("dispatch 42 --prompt-file=a/b", {})).toEqual({ folder: "a/", kind: "file" });
    expect(pathsMissing("onboard . --team ../te", {})).toEqual({ folder: "../", kind: "folder" });
    expect(pathsMissing("show ", {})).toBeNull();
    expect(pathsMissing("onboard src", listed("", "folder"))).toBeNull();
    expect(names("pr 4 --body")).toEqual(["--body-file"]);
  });

  test("grow folder by folder, as they are written in a line", () => {
    const here = listed("", "folder", "shop/", "shelf/", ".git/", "two words/");
    expect(found("onboard ", here)).toEqual(["onboard shop/", "onboard shelf/", 'onboard "two words/"']);
    expect(found("onboard sho", here)).toEqual(["onboard shop/"]);
    expect(found("onboard .", here)).toEqual(["onboard .git/"]);
    expect(found('onboard "two words/"', listed("two words/", "folder", "in/"))).toEqual([
      'onboard "two words/in/"',
    ]);
    const home: Names = {
      paths: { folder: "~/", kind: "file", written: "/home/ana/", found: [{ value: "a.md", help: "" }] },
    };
    expect(found("pr 4 --body-file=~/a", home)).toEqual(["pr 4 --body-file=/home/ana/a.md "]);
    // What was read of another folder says nothing of this one.
    expect(found("onboard shop/", here)).toEqual([]);
  });

  test("are said by enter where they are whole, and completed where they are not", () => {
    const here = listed("", "folder", "shop/", "shop-old/", ".git/");
    for (const text of ["onboard", "onboard .", "onboard ..", "onboard shop", "onboard shop/"])
      expect(completedFirst(`${text}${text === "onboard" ? " " : ""}`, 0, here)).toBeNull();
    expect(completedFirst("onboard sh", 0, here)).toBe("onboard shop/");
    expect(completedFirst("onboard acme/shop", 0, listed("acme/", "folder"))).toBeNull();
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
