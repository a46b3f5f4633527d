import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plain } from "../../src/app/reply.ts";
import { loadConfig } from "../../src/config.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import { asker } from "../../tui/asker.ts";
import type { Act, Notice } from "../../tui/events.ts";
import { Performer } from "../../tui/perform.ts";
import { reduce } from "../../tui/state.ts";
import { ALONE, OWN_SCREEN } from "./alone.ts";
import { play } from "./scene.ts";

describe("several lines at once", () => {
  let home = "";
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "rally-perform-"));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** What is said in the end. */
  async function saidOf(act: Act): Promise<Notice | null> {
    const env = { HOME: home, RALLY_HOME: join(home, "rally"), PATH: process.env.PATH ?? "", USER: "ana" };
    const world = makeWorld(loadConfig({ env, cwd: home, program: [] }));
    let { state } = play(120, 30);
    const dispatch: Parameters<typeof asker>[0] = (event) => {
      state = reduce(state, event);
    };
    const performer = new Performer({
      world,
      outside: ALONE,
      screen: OWN_SCREEN,
      asker: asker(dispatch),
      state: () => state,
      dispatch,
      reload: () => undefined,
      nextTheme: () => undefined,
      sent: () => undefined,
    });
    await performer.perform(act);
    expect(state.busy).toEqual([]);
    return state.notice;
  }
  const more = (notice: Notice | null) => notice?.more.map(plain).filter((line) => line !== "");

  test("are all done, whatever goes wrong with one of them; what went well is told, too", async () => {
    const notice = await saidOf({ do: "lines", lines: [["stop", "7"], ["projects"], ["stop", "8"]] });
    expect(notice).toMatchObject({ tone: "bad" });
    expect(notice?.text).toMatch(/\b7\b.*\(and 1 more\)/);
    expect(more(notice)?.join("\n")).toMatch(/project[\s\S]*\b8\b/);
  });

  test("that went well are all told", async () => {
    const notice = await saidOf({ do: "lines", lines: [["projects"], ["sessions"]] });
    expect(notice).toMatchObject({ tone: "good" });
    expect(more(notice)?.length).toBeGreaterThan(1);
  });
});
