import { describe, expect, test } from "bun:test";
import { Problem } from "../../src/domain/problem.ts";
import { selected } from "../../tui/model.ts";
import { dispatchedIn } from "../../tui/replies.ts";
import { createLines } from "../../tui/state/create.ts";
import { aView } from "../fixtures/builders.ts";
import { dataOf, type Play, play, someViews } from "./scene.ts";

const here = (of: Play) => selected(of.state)?.view.id ?? null;

describe("after a dispatch the cursor", () => {
  const before = play(120, 30).keys("j");
  const { moves } = before.state.list;
  const came = (of: Play, data = dataOf([...someViews(), aView({ id: 7, number: 60, title: "Search" })])) =>
    of.after({ type: "loaded", data }, { type: "landed", id: 7, moves });

  test("goes to what was dispatched, and on the screen", () => {
    expect(here(came(before))).toBe(7);
    expect(here(came(before.after({ type: "create", project: 1 }, { type: "create_left" })))).toBe(7);
  });

  test.each([["j"], ["k"], ["G"], ["."], ["space"]])(
    "stays where a person has moved it meanwhile: %s",
    (key) => {
      const moved = before.keys(key);
      expect(here(came(moved))).toBe(here(moved));
      const back = before.keys("j", "k");
      expect(here(came(back))).toBe(here(back));
    },
  );

  test("stays where it is what an open page, review or menu is about", () => {
    for (const key of ["l", "enter", "?", ":"]) expect(here(came(before.keys(key)))).toBe(5);
    expect(here(came(before.after({ type: "review", id: 5 })))).toBe(5);
  });

  test("stays where a filter hides what has come", () => {
    expect(here(came(before.after({ type: "filter", text: "cache" })))).toBe(5);
  });

  test("goes there from an empty fleet, too, whose first row is nobody's choice", () => {
    const empty = play(120, 30, dataOf([]));
    const all = dataOf([...someViews(), aView({ id: 7, number: 60, title: "Search" })]);
    const after = empty.after({ type: "loaded", data: all }, { type: "landed", id: 7, moves: 0 });
    expect(here(after)).toBe(7);
  });
});

test("what was dispatched first is the first that was taken, whatever became of the others", () => {
  const of = (...ids: readonly number[]) => ({ text: [], json: { dispatches: ids.map((id) => ({ id })) } });
  const failed = { text: [], json: null, problems: [new Problem("refused", "It is dispatched already.")] };
  expect(dispatchedIn([of(8, 9), of(10)])).toBe(8);
  expect(dispatchedIn([failed, of(), of(10)])).toBe(10);
  expect(dispatchedIn([failed, of()])).toBeNull();
});

describe("another project in a new dispatch", () => {
  const data = dataOf(someViews());
  const [app, api] = data.projects;
  const projects = [
    ...(app && api ? [app, api] : []),
    { id: 3, title: "notes", path: "/srv/notes", local: true, agent: null, trouble: null },
  ];
  const target = { isPull: false, author: "ana", labels: [], taken: null };
  const open = play(120, 30, { ...data, projects }).after(
    { type: "create", project: 1 },
    { type: "targets", project: 1, targets: [{ ...target, number: 60, title: "Search" }], trouble: null },
  );
  const set = open.keys("tab", ..."codex", "tab", ..."small", "tab", ..."next", "ctrl-o");
  const lines = (of: Play) => (of.state.create ? createLines(of.state.create) : []);

  test("keeps what was set by hand: agent, model, base, mode, and the field one is in", () => {
    const { create } = set.state;
    const other = set.keys("ctrl-n").state.create;
    expect(other).toMatchObject({ project: 2, options: create?.options, mode: create?.mode, spot: "base" });
    expect(other?.options.agent.text).toBe("codex");
  });

  test("forgets what was of the other one: what was looked for, marked and listed", () => {
    const other = open.keys(..."sea", "ctrl-x", "ctrl-n").state.create;
    expect(other).toMatchObject({ targets: null, marked: [], at: 0, main: { text: "" } });
  });

  test("keeps a task, whichever project it is for", () => {
    const task = open.keys("ctrl-t", ..."tidy up");
    expect(lines(task.keys("ctrl-n"))).toEqual([
      ["dispatch", "task", "--project", "acme/api", "--", "tidy up"],
    ]);
    expect(
      lines(task.keys("ctrl-n", "ctrl-n", "ctrl-n"))
        .at(0)
        ?.at(-1),
    ).toBe("tidy up");
    expect(open.keys("ctrl-t", "ctrl-n").state.create?.task).toBeTrue();
  });

  test("without GitHub asks for a task, and the next one with it for issues again", () => {
    const local = open.keys("ctrl-n", "ctrl-n");
    expect(local.state.create).toMatchObject({ project: 3, task: true, main: { text: "" } });
    expect(local.keys("ctrl-n").state.create).toMatchObject({ project: 1, task: false });
  });

  test("begins afresh once it was left", () => {
    expect(set.keys("esc", "n").state.create?.options.agent.text).toBe("");
  });
});
