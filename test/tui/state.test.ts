import { describe, expect, test } from "bun:test";
import { draw } from "../../tui/draw.ts";
import { selected, targets } from "../../tui/model.ts";
import { aView, T0 } from "../fixtures/builders.ts";
import { dataOf, type Play, play, someViews } from "./scene.ts";

const here = (of: Play) => selected(of.state)?.view.id ?? null;
const listed = (of: Play) =>
  of.state.list.entries.flatMap((entry) => (entry.kind === "dispatch" ? [entry.row.view.id] : []));

describe("the list", () => {
  test("is grouped, and what needs a person comes first in its project", () => {
    expect(listed(play(120, 30))).toEqual([6, 5, 4, 1, 2, 3]);
  });

  test("moves over headings and stops at its ends", () => {
    const start = play(120, 30);
    expect(here(start)).toBe(6);
    expect(here(start.keys("k"))).toBe(6);
    expect(here(start.keys("j", "j"))).toBe(4);
    expect(here(start.keys("G"))).toBe(3);
    expect(here(start.keys("G", "j", "g"))).toBe(6);
  });

  test("keeps the selected dispatch when the order changes under it", () => {
    const at3 = play(120, 30).keys("G");
    const views = someViews().map((view) =>
      view.id === 3
        ? { ...view, status: "reviewing" as const, outcome: "lost" as const, outcomeAt: T0, run: null }
        : view,
    );
    const after = at3.after({ type: "loaded", data: dataOf(views) });
    expect(here(after)).toBe(3);
    expect(listed(after)).toEqual([6, 5, 3, 4, 1, 2]);
  });

  test("goes on to the neighbour when the selected one is gone", () => {
    const after = play(120, 30)
      .keys("j", "j")
      .after({ type: "loaded", data: dataOf(someViews().filter((view) => view.id !== 4)) });
    expect(here(after)).toBe(1);
  });

  test("goes to the next one that needs a person, and around", () => {
    const start = play(120, 30);
    expect(here(start.keys("."))).toBe(4);
    expect(here(start.keys(".", "."))).toBe(1);
    expect(here(start.keys(".", ".", ".", "."))).toBe(4);
  });

  test("is filtered by words and by facets, as one types, and esc takes the filter away", () => {
    const typed = (text: string) => play(120, 30).keys("/", ...text);
    expect(listed(typed("login"))).toEqual([2]);
    expect(listed(typed("status:working"))).toEqual([3]);
    expect(listed(typed("project:api"))).toEqual([6, 5]);
    expect(listed(typed("agent:nobody"))).toEqual([]);
    expect(listed(typed("login").keys("esc"))).toEqual([6, 5, 4, 1, 2, 3]);
    expect(listed(typed("login").keys("enter"))).toEqual([2]);
    expect(listed(typed("login").keys("enter", "esc"))).toEqual([6, 5, 4, 1, 2, 3]);
  });

  test("marks several, and forgets marks of what is gone", () => {
    const marked = play(120, 30).keys("space", "space");
    expect(targets(marked.state).map((row) => row.view.id)).toEqual([6, 5]);
    const after = marked.after({ type: "loaded", data: dataOf(someViews().filter((view) => view.id !== 6)) });
    expect(targets(after.state).map((row) => row.view.id)).toEqual([5]);
    expect(after.keys("esc").state.list.marks.size).toBe(0);
    expect(play(120, 30).keys("ctrl-a").state.list.marks.size).toBe(6);
  });

  test("lists orphans with what they hold, apart from everything else", () => {
    const orphan = {
      project: "acme/app",
      worktree: "/srv/app/.worktrees/rally-9",
      branch: null,
      dirty: true,
      unpushed: 0,
    };
    const of = play(120, 30, dataOf(someViews(), { orphans: [orphan] })).keys("G");
    expect(of.state.list.entries.at(-1)).toMatchObject({ kind: "orphan", orphan });
    expect(here(of)).toBeNull();
    expect(of.state.list.data?.fleet.counts.orphaned).toBe(1);
    const drawn = JSON.stringify(draw(of.state).panes);
    expect(drawn).toContain("holds uncommitted changes");
  });

  test("keeps the selected one on the screen, whatever the size", () => {
    const many = Array.from({ length: 300 }, (_, index) => aView({ id: index + 1, number: index + 1 }));
    for (const height of [5, 15, 50]) {
      let at = play(60, height, dataOf(many));
      for (const key of ["G", "k", "pageup", "g", "j", "pagedown", "pagedown"]) {
        at = at.keys(key);
        const { first, at: index } = at.state.list;
        expect(index).toBeGreaterThanOrEqual(first);
        expect(index - first).toBeLessThan(height);
      }
    }
  });
});

test("the header says what the list leaves out, in which order it is, and what is on the whole screen", () => {
  const header = (of: Play) => {
    const [row] = draw(of.state).panes[1]?.rows ?? [];
    return row?.spans.map((span) => (typeof span === "string" ? span : span.text)).join("");
  };
  const start = play(120, 30);
  const narrowed = start
    .keys("/", ..."login", "enter", ",")
    .after({ type: "all" })
    .keys("space");
  expect(header(narrowed)).toStartWith(" Rally · /login · all · by newest · 1 marked ");
  expect(header(start.keys("tab"))).toStartWith(" Rally · 6 task Make the tests faster ");
});

test("fields of a new dispatch are gone through both ways", () => {
  const create = play(120, 30).keys("n");
  expect(create.keys("tab").state.create?.spot).toBe("agent");
  expect(create.keys("shift-tab").state.create?.spot).toBe("base");
  expect(create.keys("tab", "shift-tab").state.create?.spot).toBe("main");
});

test("one moves in the list while the filter is typed", () => {
  const typing = play(120, 30).keys("/", ..."acme");
  expect(here(typing.keys("down"))).not.toBe(here(typing));
  expect(typing.keys("down").state.overlays.length).toBe(1);
});

test("a screen that grows shows again what it had scrolled away", () => {
  const shrunk = play(120, 30).keys("G").after({ type: "resized", width: 20, height: 5 });
  expect(shrunk.state.list.first).toBeGreaterThan(0);
  expect(shrunk.after({ type: "resized", width: 120, height: 30 }).state.list.first).toBe(0);
});

describe("the preview", () => {
  test("keeps its tab while one moves", () => {
    expect(play(120, 30).keys("3", "j", "j").state.preview.tab).toBe("issue");
  });

  test("of a log follows its end until one scrolls up, and again at the end", () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`);
    const log = play(80, 24)
      .keys("l")
      .after({ type: "doc", key: "log:6", doc: { kind: "lines", lines, cut: false } });
    expect(log.state.preview.follow).toBeTrue();
    const up = log.keys("k");
    expect([up.state.preview.follow, up.state.preview.scroll]).toEqual([false, 200 - 21 - 1]);
    expect(up.keys("G").state.preview.follow).toBeTrue();
  });

  test("of a log that grows for days stays bounded, and goes on saying that its beginning is left out", () => {
    const key = "log:6";
    const begun = play(80, 24)
      .keys("l")
      .after({ type: "doc", key, doc: { kind: "lines", lines: ["one"], cut: true } });
    const grown = begun.after({ type: "tail", key, lines: ["two"], cut: false });
    expect(grown.state.preview.docs.get(key)).toEqual({ kind: "lines", lines: ["one", "two"], cut: true });
    const many = Array.from({ length: 60_000 }, (_, index) => `line ${index}`);
    const doc = grown.after({ type: "tail", key, lines: many, cut: false }).state.preview.docs.get(key);
    expect(doc?.kind === "lines" ? [doc.lines.length, doc.lines.at(-1)] : null).toEqual([
      50_000,
      "line 59999",
    ]);
  });

  test("finds a text in the log, forward, around and back", () => {
    const lines = Array.from({ length: 100 }, (_, index) =>
      index % 40 === 7 ? `needle ${index}` : `hay ${index}`,
    );
    const log = play(80, 24)
      .keys("l")
      .after(
        { type: "doc", key: "log:6", doc: { kind: "lines", lines, cut: false } },
        { type: "searched", text: "NEEDLE" },
      );
    expect(log.state.preview.scroll).toBe(7);
    expect(log.keys("n").state.preview.scroll).toBe(47);
    expect(log.keys("n", "N").state.preview.scroll).toBe(7);
  });
});

test("a message goes when its time is over, and a question of a command stays", () => {
  const notice = { text: "done", tone: "good", hint: null, more: [], until: T0 + 10 } as const;
  const of = play(80, 24).after({ type: "notice", notice });
  expect(of.after({ type: "ticked", now: T0 + 9 }).state.notice).toEqual(notice);
  expect(of.after({ type: "ticked", now: T0 + 10 }).state.notice).toBeNull();
});

test("what is under way is told by its number, so that it ends by itself", () => {
  const of = play(80, 24).after(
    { type: "busy", id: 1, text: "push 7" },
    { type: "busy", id: 2, text: "stop 3" },
  );
  expect(of.after({ type: "busy", id: 1, text: null }).state.busy).toEqual([{ id: 2, text: "stop 3" }]);
});
