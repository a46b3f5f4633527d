import { createTestRenderer } from "@opentui/core/testing";
import { canvas } from "../../tui/canvas.ts";
import { draw } from "../../tui/draw.ts";
import type { State } from "../../tui/model.ts";
import { themeNamed } from "../../tui/theme.ts";

export type Shot = {
  /** The rows of the screen, as the terminal would have them. */
  readonly text: string;
  readonly lines: readonly string[];
  readonly spans: ReturnType<Awaited<ReturnType<typeof createTestRenderer>>["captureSpans"]>;
};

/** Frames on one renderer, drawn as the dashboard draws them. */
export async function camera() {
  const setup = await createTestRenderer({ width: 80, height: 24, maxFps: 1000, targetFps: 1000 });
  const surface = canvas(setup.renderer, () => undefined);
  return {
    shoot: async (state: State): Promise<Shot> => {
      if (setup.renderer.width !== state.width || setup.renderer.height !== state.height)
        setup.resize(state.width, state.height);
      surface.show(draw(state), themeNamed(state.theme));
      await setup.flush();
      const text = setup.captureCharFrame();
      return { text, lines: text.replace(/\n$/, "").split("\n"), spans: setup.captureSpans() };
    },
    end: () => setup.dispose(),
  };
}
