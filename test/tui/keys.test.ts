import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/domain/commands.ts";
import { draw } from "../../tui/draw.ts";
import { type Place, TYPING } from "../../tui/keys/binding.ts";
import { bindingsOf, footerKeys, helpRows, KEYS, keyName, pressed } from "../../tui/keys.ts";
import { suggestions } from "../../tui/palette.ts";
import { dataOf, type Play, play, someViews } from "./scene.ts";

const PLACES: readonly Place[] = [
  "fleet",
  "detail",
  "review",
  "create",
  "menu",
  "palette",
  "confirm",
  "pick",
  "input",
  "message",
  "help",
  "filter",
];

describe("the key table", () => {
  test.each(PLACES.map((place) => [place] as const))("has no clash in %s", (place) => {
    const keys = bindingsOf(place).flatMap((binding) => binding.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test("has a way out of every place", () => {
    const ways = ["esc", "q"];
    expect(
      PLACES.filter((place) => !bindingsOf(place).some((one) => one.keys.some((key) => ways.includes(key)))),
    ).toEqual([]);
  });

  test("binds no letter where letters are typed", () => {
    const bound = TYPING.flatMap((place) => bindingsOf(place).flatMap((one) => one.keys));
    expect(bound.filter((key) => [...key].length === 1 || key === "space")).toEqual([]);
  });

  test("says what each does in words, without a full stop", () => {
    expect(KEYS.filter((one) => one.help === "" || one.help.endsWith(".") || one.name.length > 14)).toEqual(
      [],
    );
  });

  test("stands for lines that Rally understands", () => {
    const named = KEYS.flatMap((one) => one.line?.split(", ") ?? []).map((line) => line.split(" ")[0] ?? "");
    const known = new Set(COMMANDS.map((command) => command.name.split(" ")[0] ?? ""));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test("and the palette reach every command that a person has", () => {
    const offered = new Set(suggestions("", {}).map((one) => one.line.trim()));
    const reached = (name: string) => offered.has(name) || KEYS.some((one) => one.line?.includes(name));
    const somewhere = COMMANDS.filter((one) => one.surfaces.some((surface) => surface !== "chat"));
    const wanted = somewhere.filter((one) => !one.hidden && !one.agents && one.name !== "dashboard");
    expect(wanted.map((one) => one.name).filter((name) => !reached(name))).toEqual([]);
  });

  test("feeds footer, help and menu with the same names", () => {
    const { state } = play(200, 50);
    const names = new Set(bindingsOf("fleet").map((one) => one.name));
    expect(
      footerKeys(state)
        .map((one) => one.name)
        .filter((name) => !names.has(name)),
    ).toEqual([]);
    const menu = play(200, 50).keys("enter").state.overlays[0];
    expect(
      menu?.kind === "menu" ? menu.items.map((item) => item.label).filter((name) => !names.has(name)) : null,
    ).toEqual([]);
    const help = helpRows(play(200, 50).keys("?").state, 106).map((row) =>
      String(row.spans.map((s) => (typeof s === "string" ? s : s.text)).join("")),
    );
    expect(
      footerKeys(state)
        .filter((one) => !help.some((line) => line.includes(one.name)))
        .map(keyName),
    ).toEqual([]);
  });
});

test("the status page of the selected dispatch is opened by a key, and its address is told where it is configured", () => {
  expect(pressed(play(120, 30).state, "O")).toEqual({ do: "page", id: 6 });
  const told = (pageBase: string | null) => {
    const { state } = play(120, 30, dataOf(someViews(), { pageBase }));
    return draw(state)
      .panes.flatMap((pane) => pane.rows)
      .map((row) => row.spans.map((span) => (typeof span === "string" ? span : span.text)).join(""))
      .filter((line) => line.includes("https://"));
  };
  expect(told("https://rally.acme.example")).toEqual(["https://rally.acme.example/dispatches/6  O opens it"]);
  expect(told(null)).toEqual([]);
});

test("enter, and enter again, starts and stops nothing: what one most probably wants is first in the menu", () => {
  const first = (id: number) => {
    const menu = play(120, 30)
      .after({ type: "point", key: `d${id}` })
      .keys("enter").state.overlays[0];
    return menu?.kind === "menu" ? menu.items[0]?.label : null;
  };
  expect([1, 2, 3, 4, 6].map(first)).toEqual(["log", "diff", "log", "answer", "log"]);
});

describe("where some are marked", () => {
  const menuOf = (of: Play) => {
    const menu = of.keys("enter").state.overlays[0];
    return menu?.kind === "menu" ? { title: menu.title, names: menu.items.map((item) => item.label) } : null;
  };

  test("the menu has what is done to each of them, and names them", () => {
    const menu = menuOf(play(120, 30).keys("space", "space"));
    expect(menu?.title).toBe("2 marked: 6, 5");
    expect(menu?.names.toSorted()).toEqual(["clean", "continue", "fix from PR", "retry", "stop", "upstream"]);
  });

  test("also where one is, and another is selected; a key for one alone goes on meaning the selected", () => {
    const one = play(120, 30).keys("space");
    expect(menuOf(one)).toMatchObject({ title: "6 task Make the tests faster" });
    expect(menuOf(one)?.names).not.toContain("attach");
    expect(menuOf(one.keys("k"))?.names).toContain("attach");
    expect(pressed(one.keys("j").state, "v")).toMatchObject({ do: "edit" });
    expect(pressed(one.state, "y")).toMatchObject({ do: "copy" });
  });

  test("on a worktree without a record there is no dispatch to look at", () => {
    const orphan = { project: "acme/app", worktree: "/w/rally-9", branch: null, dirty: true, unpushed: 0 };
    const at = play(120, 30, dataOf(someViews(), { orphans: [orphan] })).keys("space", "G");
    expect(pressed(at.state, "d")).toEqual({ why: "diff: no dispatch is selected" });
    expect(pressed(at.state, "u")).toMatchObject({ do: "lines" });
  });
});

test("the help has a column for keys that is as wide as it must be", () => {
  for (const keys of [["?"], ["n", "f1"], ["d", "?"]]) {
    const at = play(120, 30).keys(...(keys[0] === "d" ? ["G"] : []), ...keys);
    const glued = helpRows(at.state, 106)
      .map((row) => row.spans.map((s) => (typeof s === "string" ? s : s.text)))
      .filter(([key = ""]) => key.trim() !== "" && !key.endsWith(" "));
    expect(glued).toEqual([]);
  }
});

test("a message is opened without being told twice", () => {
  const said = (tone: "good" | "bad", more: readonly string[]) => {
    const notice = { text: "Pushed.", tone, hint: null, more, until: null };
    const box = play(120, 30).after({ type: "notice", notice }).keys("E").state.overlays[0];
    return box?.kind === "message" ? box.lines : null;
  };
  expect(said("good", ["Pushed.", "to origin"])).toEqual(["Pushed.", "to origin"]);
  expect(said("bad", ["because"])).toEqual(["Pushed.", "because"]);
});

test("pushing is offered alike in the fleet and in a review", () => {
  const menu = play(120, 30).after({ type: "review", id: 2 }).keys("p").state.overlays[0];
  expect(menu).toMatchObject({ kind: "menu", title: "Push 2 rally/42-fix-login" });
});

describe("what cannot be done", () => {
  test("says why", () => {
    const answer = pressed(play(120, 30).state, "i");
    expect(answer).toEqual({ why: "answer: no question is open" });
    expect(pressed(play(120, 30).state, "z")).toEqual({ why: "undo: nothing was cleaned" });
  });

  test("is said in the action menu, and does nothing there", () => {
    const opened = play(120, 30).keys("enter");
    expect(pressed(opened.state, "i")).toEqual({ why: "answer: no question is open" });
    expect(opened.keys("i").state.overlays.length).toBe(1);
  });
});

test("a text that begins with a dash stays a text", () => {
  const typed = play(120, 30).keys("c", "-", "n", "o");
  expect(pressed(typed.state, "enter")).toMatchObject({
    acts: [{}, { lines: [["continue", "6", "--", "-no"]] }],
  });
});
