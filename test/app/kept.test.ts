import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cardContent } from "../../bots/card.ts";
import { offersOf } from "../../src/app/offers.ts";
import { dispatchData, dispatchJsonOf } from "../../src/app/page-data.ts";
import { plain } from "../../src/app/reply.ts";
import { shown } from "../../src/domain/group.ts";
import { runFiles } from "../../src/runs/paths.ts";
import { ask } from "../../src/store/questions.ts";
import { history, runsOf } from "../../src/store/read.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { dispatchPage } from "../../src/web/dispatch.ts";
import { liveLines } from "../../tui/live.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
beforeEach(async () => {
  it = await bench();
  await it.type(["onboard", "."]);
});
afterEach(() => it.close());

const one = () => snapshot(it.world.store)[0];
const said = async (...words: string[]) => textOf(await it.type(words));
const refused = async (...words: string[]) => (await it.refused(words)).message;
const promptOf = (run: number) =>
  readFileSync(join(runFiles(it.world.config.home, run).dir, "prompt"), "utf8");

async function atWork(): Promise<void> {
  await it.type(["dispatch", "42", "--model", "hang"]);
  await it.until(() => one()?.run?.state === "running");
}

test("what was said to a live run is shown until it is told, and a person's stop starts nobody", async () => {
  await atWork();
  await said("continue", "1", "also the empty password");
  await said("continue", "1", "and the long one");
  expect(await said("show", "1")).toMatch(/told next +“also the empty password” \(cli:ana, .*s ago\)/);
  expect(await said("stop", "1")).toContain("2 messages are kept for its next run");
  expect(one()).toMatchObject({ status: "reviewing", outcome: "interrupted", queued: null });
  expect(runsOf(it.world.store, 1)).toHaveLength(1);
  expect(await said("show", "1")).toContain("“and the long one”");

  await said("continue", "1");
  await it.until(() => one()?.run?.id === 2 && one()?.run?.state === "running");
  const prompt = promptOf(2);
  expect(prompt).toContain("also the empty password\n\nand the long one");
  expect(prompt).not.toContain("Go on with the task.");
  expect(await said("show", "1")).not.toContain("told next");
});

test("what an agent asked and was answered is told by the next run, though it was stopped in between", async () => {
  await atWork();
  await said("continue", "1", "mind the tests");
  const by = { actor: "agent:1", at: Date.now() };
  ask(it.world.store, { ...by, dispatchId: 1, runId: 1, text: "Which port?", context: null });
  await said("answer", "1", "8080");
  await said("stop", "1");
  expect(one()).toMatchObject({ status: "reviewing", queued: null });
  await said("continue", "1", "now go");
  await it.until(() => one()?.run?.id === 2 && one()?.run?.state === "running");
  expect(promptOf(2)).toContain("You asked: Which port?\nThe answer: 8080\n\nmind the tests");
  expect(promptOf(2)).toContain("now go");
});

test("what waits to be told can be taken back, and is not lost by it", async () => {
  await atWork();
  expect(await refused("continue", "1", "--withdraw")).toContain("Nothing waits to be told");
  await said("continue", "1", "delete everything");
  expect(await refused("continue", "1", "more", "--withdraw")).toContain("--withdraw");
  expect(await said("continue", "1", "--withdraw")).toContain("Taken back: “delete everything”");
  expect(await said("show", "1")).not.toContain("told next");
  expect(
    history(it.world.store, { dispatchId: 1, limit: 50 }).some(({ event }) => event === "message_withdrawn"),
  ).toBe(true);
  expect(await said("stop", "1")).not.toContain("kept for its next run");
});

test("of a long one, cards and previews show the beginning on one line", async () => {
  await atWork();
  await said("continue", "1", `first line\nsecond\t${"long ".repeat(200)}`);
  const view = snapshot(it.world.store)[0];
  if (!view) throw new Error("There is no dispatch.");
  const row = shown(view, Date.now(), { silenceMs: 60_000 });
  const lines = liveLines(row, undefined, { width: 80, height: 20, now: Date.now(), pageBase: null }).map(
    plain,
  );
  const preview = lines.find((line) => line.startsWith("told next")) ?? "";
  expect(preview).toStartWith("told next: “first line second long");
  expect(preview).toEndWith("…”");
  expect(preview.length).toBeLessThan(250);
  const card = JSON.stringify(cardContent(it.world, view, null).parts);
  expect(card).toContain(JSON.stringify(preview).slice(1, -1));
});

test("every surface shows what waits to be told", async () => {
  await atWork();
  await said("continue", "1", "mind the <b>tests</b>");
  const view = snapshot(it.world.store)[0];
  if (!view) throw new Error("There is no dispatch.");
  const row = shown(view, Date.now(), { silenceMs: 60_000 });
  const around = { width: 80, height: 20, now: Date.now(), pageBase: null };
  expect(liveLines(row, undefined, around).map(plain)).toContain("told next: “mind the <b>tests</b>”");
  expect(JSON.stringify(cardContent(it.world, view, null).parts)).toContain("told next: “mind the <b>tests");
  const data = dispatchData(it.world, 1);
  if (!data) throw new Error("There is no page.");
  const heartbeat = { holder: null, lastFastAt: null, lastSlowAt: null };
  const changes = { state: "none", why: "" } as const;
  expect(dispatchPage({ data, log: null, changes, heartbeat })).toContain("mind the &lt;b&gt;tests");
  expect(dispatchJsonOf(data).told_next).toMatchObject([{ text: "mind the <b>tests</b>", by: "cli:ana" }]);
  expect(offersOf(row).map(({ line }) => line)).toContain("continue 1 --withdraw");
});
