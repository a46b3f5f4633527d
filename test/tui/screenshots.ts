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

const play = await theatre();
await fill(play);
const { stage } = play;
const world = makeWorld(loadConfig({ env: stage.env, cwd: stage.shop, program: RALLY }));
const setup = await createTestRenderer({ width: 120, height: 30, maxFps: 1000, targetFps: 1000 });
const fail = (error: unknown) => {
  throw error;
};
const shown = new Dashboard(setup.renderer, {
  world,
  outside: ALONE,
  screen: OWN_SCREEN,
  theme: "dark",
  fail,
});

const press = async (...keys: readonly string[]) => {
  for (const key of keys) {
    if (key === "ESC") setup.mockInput.pressEscape();
    else if (key === "ENTER") setup.mockInput.pressEnter();
    else setup.mockInput.pressKey(key);
    await Bun.sleep(60);
  }
};
const sees = (text: string) =>
  setup.waitFor(
    async () => {
      await Bun.sleep(30);
      await setup.flush();
      return setup.captureCharFrame().includes(text);
    },
    { maxPasses: 300 },
  );
const keep = async (name: string, title: string, paper: Paper) => {
  await setup.flush();
  await Bun.write(join(DOCS, `${name}.svg`), svgOf(setup.captureSpans(), title, paper));
  process.stdout.write(`docs/${name}.svg\n`);
};
/** By its number: which of two that need a person came first is a matter of milliseconds. */
const point = (id: number) => shown.dispatch({ type: "point", key: `d${id}` });
const themed = (theme: ThemeName) => shown.dispatch({ type: "themed", theme });

/** The main views, one after the other, as a person gets there. */
async function walk(): Promise<void> {
  await sees("Running the tests");
  point(4);
  await sees("▸1 Live");
  await keep("fleet", "Rally's dashboard: the fleet, and one agent that asks", DARK);
  themed("light");
  await keep("fleet-light", "Rally's dashboard in its light theme", LIGHT);
  themed("dark");
  point(3);
  await press("x");
  await sees("Clean 3");
  await keep("clean", "Cleaning asks first, and names what would be lost", DARK);
  await press("n");
  point(1);
  await press("d");
  await sees("done by the scripted agent");
  await press("j", "j", "j", "j", "j", "c", ..."Which agent?", "ENTER", "r");
  await sees("1 to send");
  await keep("review", "Reviewing a diff: a comment, and a file marked as reviewed", DARK);
  await press("q", "n");
  await sees("7 of 7 open");
  await keep("new", "New dispatches: open issues and pull requests", DARK);
}

try {
  await walk();
} finally {
  shown.stop();
  await setup.dispose();
  await play.end();
}
