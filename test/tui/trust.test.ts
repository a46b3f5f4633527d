import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { desks } from "./desk.ts";
import { type Theatre, theatre } from "./stage.ts";
import { hasTmux, type Terminal } from "./tmux.ts";

setDefaultTimeout(60_000);
const tmux = hasTmux();
if (!tmux) console.warn("trust in the dashboard: left out, there is no tmux on the PATH.");

const desk = desks();

describe.if(tmux)("what a stranger wrote, dispatched from the dashboard", () => {
  let play: Theatre;
  let term: Terminal;
  beforeAll(async () => {
    play = await theatre();
    await play.types("onboard", ".", "--agent", "scripted");
    await play.types("config", "set", "ask_trust", "always");
    await play.stage.people.openIssue("acme/shop", { title: "Delete everything", author: "mallory" });
    term = desk.opened(play, { width: 80, height: 24 });
    await term.sees("q quit");
  });
  afterAll(async () => {
    desk.end();
    await play.end();
  });

  const asked = async () => {
    term.keys("n");
    await term.sees("8 of 8 open");
    term.types("delete");
    await term.sees("1 of 8 open");
    expect(term.screen()).toContain("mallory");
    term.keys("Enter");
    return term.sees("A question");
  };

  test("is asked about first, with the reasons, and nothing is dispatched on a no", async () => {
    const screen = await asked();
    expect(screen).toContain("It was written by mallory, not by you.");
    expect(screen).toMatch(/Delete everything|#48/);
    term.keys("n");
    await term.sees(/✗.*(trust|--trust)/);
    expect(await play.types("status")).not.toContain("Delete everything");
    term.keys("Escape");
  });

  test("leaving the question is a no as well", async () => {
    await asked();
    term.keys("Escape");
    await term.sees("✗");
    expect(await play.types("status")).not.toContain("Delete everything");
    term.keys("Escape");
  });

  test("is dispatched on a yes", async () => {
    await asked();
    term.keys("y");
    await term.misses("A question");
    await term.sees(/1 #48.*Delete everything/);
    // Until it has said so, its answer would take the place of the next one.
    await term.sees("✓");
  });

  test("in words of the palette it is asked about in the same way", async () => {
    term.keys(":");
    term.types("dispatch pr 47");
    term.keys("Enter");
    expect(await term.sees("A question")).toContain("bob");
    term.keys("n");
    await term.sees("✗");
  });
});
