import { afterAll, describe, expect, test } from "bun:test";
import type { OpenTarget } from "../../src/app/dashboard-texts.ts";
import { parsePatch } from "../../tui/review/patch.ts";
import { dataOf, type Play, play, reviewing, SIZES } from "./scene.ts";
import { camera } from "./shot.ts";

const shots = await camera();
afterAll(() => shots.end());

const PATCH = `diff --git a/src/auth/session.ts b/src/auth/session.ts
--- a/src/auth/session.ts
+++ b/src/auth/session.ts
@@ -12,4 +12,5 @@ export function renew
 const limit = 30; // seconds
-if (age > limit) return "old";
+if (age >= limit) return "old";
+if (age < 0) throw new Error("a clock went back");
 return session;
diff --git a/test/auth.test.ts b/test/auth.test.ts
--- a/test/auth.test.ts
+++ b/test/auth.test.ts
@@ -1 +1,2 @@
 import { test } from "bun:test";
+test("renews", () => {});
`;

const TARGETS: readonly OpenTarget[] = [
  { number: 42, isPull: false, title: "Fix login timeout", author: "ana", labels: ["bug"], taken: 2 },
  { number: 60, isPull: false, title: "Search is slow", author: "bob", labels: ["performance"], taken: null },
  { number: 61, isPull: true, title: "Bump the parser", author: "cy", labels: [], taken: null },
];

const LONG =
  "Why is this a number in the middle of the code? It stands in the settings, too, and whoever changes it there will wonder why nothing happens: 日本語でも同じことです。";

const LOG = [
  "start",
  "words      Reading the stylesheets.",
  "tool       edit: theme.css",
  "words      Running the tests.",
];

const login = (at: Play): Play => at.keys("G", "k");

/** The main views, each as one gets there. */
const VIEWS: Readonly<Record<string, (at: Play) => Play>> = {
  fleet: (at) =>
    at.keys("j", "j").after({ type: "doc", key: "log:4", doc: { kind: "lines", lines: LOG, cut: false } }),
  empty: (at) => at.after({ type: "loaded", data: dataOf([], { projects: [] }) }),
  diff: (at) =>
    login(at)
      .keys("2")
      .after({ type: "doc", key: "diff:2", doc: { kind: "diff", diff: parsePatch(PATCH) } }),
  log: (at) =>
    login(at)
      .keys("l")
      .after(
        { type: "doc", key: "log:2", doc: { kind: "lines", lines: LOG, cut: false } },
        { type: "searched", text: "test" },
      ),
  review: (at) =>
    at
      .after({ type: "review", id: 2 }, reviewing(parsePatch(PATCH)))
      .keys("}", "r", "g", "j", "j", "j", "c", ..."from a constant?", "enter"),
  comment: (at) =>
    at
      .after({ type: "review", id: 2 }, reviewing(parsePatch(PATCH)))
      .keys("j", "j", "j", "c", ...LONG, "ctrl-j", ..."What do the others do?", "enter", "j"),
  create: (at) =>
    at
      .after({ type: "create", project: 1 }, { type: "targets", project: 1, targets: TARGETS, trouble: null })
      .keys("down", "ctrl-x"),
  menu: (at) => at.keys("j", "j", "enter"),
  palette: (at) => at.keys(":", ..."disp"),
  help: (at) => at.keys("?"),
  question: (at) =>
    at.after({
      type: "opened",
      overlay: {
        kind: "confirm",
        title: "Clean 2",
        lines: ["2  #42 Fix login timeout", "! it holds 2 commits that are nowhere else"],
        choices: [
          { key: "f", label: "remove it all the same", act: null, danger: true },
          { key: "n", label: "leave everything as it is", act: null },
        ],
        scroll: 0,
        ask: null,
      },
    }),
  trouble: (at) =>
    at.after(
      { type: "busy", id: 1, text: "push 2" },
      {
        type: "notice",
        notice: {
          text: "GitHub cannot be reached.",
          tone: "bad",
          hint: "rally doctor",
          more: [],
          until: null,
        },
      },
    ),
};

describe.each(SIZES.map(([width, height]) => [width, height] as const))("at %d×%d", (width, height) => {
  test.each(Object.keys(VIEWS).map((name) => [name] as const))("%s", async (name) => {
    const shot = await shots.shoot((VIEWS[name] ?? ((at: Play) => at))(play(width, height)).state);
    expect(shot.lines.length).toBe(height);
    expect(shot.lines.filter((line) => Bun.stringWidth(line) !== width)).toEqual([]);
    expect(shot.lines.map((line) => line.trimEnd()).join("\n")).toMatchSnapshot();
  });
});

describe("colours", () => {
  const spansWith = async (of: Play, text: string) => {
    const { spans } = await shots.shoot(of.state);
    return spans.lines.flatMap((line) => line.spans).filter((span) => span.text.includes(text));
  };

  test("tell added from removed, and the signs do, too", async () => {
    const of = VIEWS.diff?.(play(120, 30)) ?? play(120, 30);
    const [added] = await spansWith(of, "+");
    const [removed] = await spansWith(of, "-");
    expect(added?.fg.toInts()).not.toEqual(removed?.fg.toInts() ?? []);
    const { text } = await shots.shoot({ ...of.state, theme: "plain" });
    expect(text).toContain('-if (age > limit) return "old";');
    expect(text).toContain('+if (age >= limit) return "old";');
  });

  test("are none in the plain theme: only the terminal's own, and attributes", async () => {
    const { spans } = await shots.shoot({ ...play(120, 30).state, theme: "plain" });
    const intents = spans.lines
      .flatMap((line) => line.spans)
      .flatMap((span) => [span.fg.intent, span.bg.intent]);
    expect(new Set(intents)).toEqual(new Set(["default"]));
  });

  test("of the selected row differ from the others, in every theme", async () => {
    for (const theme of ["dark", "light", "terminal", "plain"] as const) {
      const at = play(120, 30);
      const { spans } = await shots.shoot({ ...at.state, theme });
      const [selected, other] = ["Make the tests", "Cache layer"].map((text) =>
        spans.lines.flatMap((line) => line.spans).find((span) => span.text.includes(text)),
      );
      expect([selected?.bg.toInts(), selected?.attributes]).not.toEqual([
        other?.bg.toInts(),
        other?.attributes,
      ]);
    }
  });
});
