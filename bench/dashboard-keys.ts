import { createTestRenderer } from "@opentui/core/testing";
import type { DispatchView } from "../src/domain/view.ts";
import { aRun, aView, gitFacts, MINUTE, T0 } from "../test/fixtures/builders.ts";
import { dataOf, play, reviewing } from "../test/tui/scene.ts";
import { canvas } from "../tui/canvas.ts";
import { draw } from "../tui/draw.ts";
import { keyOf } from "../tui/input.ts";
import { pressed } from "../tui/keys.ts";
import type { State } from "../tui/model.ts";
import { parsePatch } from "../tui/review/patch.ts";
import { reduce } from "../tui/state.ts";
import { themeNamed } from "../tui/theme.ts";

/**
 * `bun bench/dashboard-keys.ts <rows>|review`: from each of many keys to the frame, in a process of its own; among so
 * many rows, or in the review of a long diff that has comments. One JSON line.
 */
const [WIDTH, HEIGHT] = [160, 50];
const DIFF_LINES = 20_000;
const COMMENT = "Say why this is as it is, and what else was thought of. ".repeat(8);

const [what = "100"] = process.argv.slice(2);
const opened = what === "review" ? review() : fleetOf(Number(what));
process.stdout.write(`${JSON.stringify(await keyToFrame(opened))}\n`);

type Opened = { readonly state: State; readonly keys: readonly string[] };

function fleetOf(count: number): Opened {
  const { state } = play(WIDTH, HEIGHT, dataOf(views(count)));
  return { state, keys: ["j", "j", "j", "k", "G", "k", "g", "j", "j", "."] };
}

function review(): Opened {
  const lines = '+const x = "y"; // z\n'.repeat(DIFF_LINES);
  const diff = parsePatch(
    `diff --git a/x.ts b/x.ts\n--- a/x.ts\n+++ b/x.ts\n@@ -0,0 +1,${DIFF_LINES} @@\n${lines}`,
  );
  let of = play(WIDTH, HEIGHT).after({ type: "review", id: 2 }, reviewing(diff));
  for (let line = 100; line < DIFF_LINES; line += 1_000)
    of = of
      .after({ type: "review_at", line })
      .keys("c")
      .after({ type: "typed", edit: { edit: "insert", text: COMMENT } })
      .keys("enter");
  return { state: of.state, keys: ["G", "k", "k", "n", "N", "g", "j", "j", "n", "j"] };
}

async function keyToFrame({ state: first, keys }: Opened) {
  const setup = await createTestRenderer({
    width: WIDTH,
    height: HEIGHT,
    maxFps: 1000,
    targetFps: 1000,
    nativeSceneVerify: false,
  });
  const surface = canvas(setup.renderer, () => undefined);
  let state = first;
  const show = () => surface.show(draw(state), themeNamed(state.theme));
  setup.renderer.keyInput.on("keypress", (key) => {
    const act = pressed(state, keyOf(key) ?? "");
    if (act === null || "why" in act || act.do !== "event") return;
    state = reduce(state, act.event);
    show();
  });
  show();
  await setup.flush();
  const times: number[] = [];
  const warm = 30;
  for (let round = 0; round < 300 + warm; round++) {
    const from = performance.now();
    setup.mockInput.pressKey(keys[round % keys.length] ?? "j");
    await setup.flush();
    if (round >= warm) times.push(performance.now() - from);
  }
  Bun.gc(true);
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  await setup.dispose();
  return { times, rssMb };
}

function views(count: number): DispatchView[] {
  return Array.from({ length: count }, (_, index) =>
    aView({
      id: index + 1,
      number: index + 1,
      projectId: 1 + (index % 7),
      repo: `acme/app${index % 7}`,
      title: `Something that is to be done, number ${index + 1}`,
      run: index % 3 === 0 ? aRun({ id: index + 1, lastOutputAt: T0 + 29 * MINUTE }) : null,
      git: index % 2 === 0 ? gitFacts({ insertions: index, deletions: 3 }) : null,
    }),
  );
}
