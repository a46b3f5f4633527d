import { join } from "node:path";
import { createTestRenderer } from "@opentui/core/testing";
import { loadConfig } from "../../src/config.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import { Dashboard } from "../../tui/dashboard.ts";
import type { ThemeName } from "../../tui/theme.ts";
import { ALONE, OWN_SCREEN } from "./alone.ts";
import { fill, RALLY, theatre } from "./stage.ts";
import { type Paper, svgOf } from "./svg.ts";

/** `bun run screenshots`: the main views of the dashboard, from the demo's shop with agents of every mood, into docs/. */
const DOCS = join(import.meta.dir, "../../docs");
const DARK: Paper = { background: "#11131c", ink: "#d5d9e6" };
const LIGHT: Paper = { background: "#ffffff", ink: "#22252e" };

const SEES_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 30;
const LATER_MS = 48_000;

const play = await theatre();
try {
  await fill(play);
  await draw();
} finally {
  await play.end();
}

/** A dashboard on a screen of its own, and who looks at it. */
async function draw(): Promise<void> {
  const { stage } = play;
  const world = makeWorld(loadConfig({ env: stage.env, cwd: stage.shop, program: RALLY }));
  const setup = await createTestRenderer({ width: 120, height: 30, maxFps: 1000, targetFps: 1000 });
  const broken = Promise.withResolvers<never>();
  const shown = new Dashboard(setup.renderer, {
    ...{ world, outside: ALONE, screen: OWN_SCREEN, theme: "dark" },
    fail: broken.reject,
  });
  const photographer: Photographer = {
    until: async (wanted) => {
      const end = performance.now() + SEES_WITHIN_MS;
      for (;;) {
        await setup.flush();
        const frame = setup.captureCharFrame();
        if (wanted(frame)) return;
        if (performance.now() > end) throw new Error(`The screen never came to be as wanted:\n${frame}`);
        await Bun.sleep(LOOK_EVERY_MS);
      }
    },
    press: (...keys) => {
      for (const key of keys)
        if (key === "ENTER") setup.mockInput.pressEnter();
        else setup.mockInput.pressKey(key);
    },
    // By its number: which of two that need a person came first is a matter of milliseconds.
    point: (id) => shown.dispatch({ type: "point", key: `d${id}` }),
    theme: (theme) => shown.dispatch({ type: "themed", theme }),
    keep: async (name, title, paper) => {
      // All of it has just begun: a little later says more. What is read meanwhile has its own time.
      const now = world.now() + LATER_MS;
      while (shown.state.now !== now) {
        shown.dispatch({ type: "ticked", now });
        await setup.flush();
      }
      await Bun.write(join(DOCS, `${name}.svg`), svgOf(setup.captureSpans(), title, paper));
      process.stdout.write(`docs/${name}.svg\n`);
    },
  };
  try {
    await Promise.race([walk(photographer), broken.promise]);
  } finally {
    shown.stop();
    await setup.dispose();
  }
}

type Photographer = {
  readonly until: (wanted: (frame: string) => boolean) => Promise<void>;
  readonly press: (...keys: readonly string[]) => void;
  readonly point: (id: number) => void;
  readonly theme: (theme: ThemeName) => void;
  readonly keep: (name: string, title: string, paper: Paper) => Promise<void>;
};

/** The main views, one after the other, as a person gets there. Nothing is pressed before it has a meaning. */
async function walk({ until, press, point, theme, keep }: Photographer): Promise<void> {
  const sees = (text: string) => until((frame) => frame.includes(text));
  const misses = (text: string) => until((frame) => !frame.includes(text));
  await sees("Sign-up");
  point(4);
  await sees("Should an empty password be refused");
  await sees("tool       rally ask");
  await keep("fleet", "Rally's dashboard: the fleet, and one agent that asks", DARK);
  theme("light");
  await keep("fleet-light", "Rally's dashboard in its light theme", LIGHT);
  theme("dark");
  point(3);
  await sees("#43 Large uploads fail");
  press("x");
  await sees("Clean 3");
  await misses("looking at what would be removed");
  await keep("clean", "Cleaning asks first, and names what would be lost", DARK);
  press("n");
  await misses("Clean 3");
  point(1);
  press("d");
  await sees("Review #41");
  await sees("done by the scripted agent");
  press("j", "j", "j", "j", "j", "c");
  await sees("─ Comment ─");
  press(..."Which agent?");
  await sees("❯ Which agent?");
  press("ENTER");
  await sees("1 to send");
  press("r");
  await sees("1/1 reviewed");
  await keep("review", "Reviewing a diff: a comment, and a file marked as reviewed", DARK);
  press("q");
  await sees("q quit");
  press("n");
  await sees("7 of 7 open");
  await keep("new", "New dispatches: open issues and pull requests", DARK);
}
