import { createTestRenderer } from "@opentui/core/testing";
import type { DispatchView } from "../src/domain/view.ts";
import { aRun, aView, gitFacts, MINUTE, T0 } from "../test/fixtures/builders.ts";
import { dataOf } from "../test/tui/scene.ts";
import { canvas } from "../tui/canvas.ts";
import { draw } from "../tui/draw.ts";
import { keyOf } from "../tui/input.ts";
import { pressed } from "../tui/keys.ts";
import { type State, start } from "../tui/model.ts";
import { reduce } from "../tui/state.ts";
import { themeNamed } from "../tui/theme.ts";

/** `bun bench/dashboard-keys.ts <rows>`: from each of many keys to the frame, in a process of its own. One JSON line. */
const rows = Number(process.argv[2] ?? 100);
process.stdout.write(`${JSON.stringify(await keyToFrame(rows))}\n`);

async function keyToFrame(count: number) {
  const setup = await createTestRenderer({
    width: 160,
    height: 50,
    maxFps: 1000,
    targetFps: 1000,
    nativeSceneVerify: false,
  });
  const surface = canvas(setup.renderer, () => undefined);
  let state: State = start({ width: 160, height: 50 }, "dark");
  const show = () => surface.show(draw(state), themeNamed(state.theme));
  setup.renderer.keyInput.on("keypress", (key) => {
    const act = pressed(state, keyOf(key) ?? "");
    if (act === null || "why" in act || act.do !== "event") return;
    state = reduce(state, act.event);
    show();
  });
  state = reduce(state, { type: "loaded", data: dataOf(views(count)) });
  show();
  await setup.flush();
  const times: number[] = [];
  const warm = 30;
  const keys = ["j", "j", "j", "k", "G", "k", "g", "j", "j", "."];
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
