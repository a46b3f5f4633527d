import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { spawnQuietly } from "../../src/process/quiet.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome, until } from "../app/home.ts";
import { hasBrowser, NO_BROWSER, newTab, startBrowser } from "./browser.ts";

setDefaultTimeout(90_000);

if (!hasBrowser) console.warn(NO_BROWSER);
let browser: Browser | null = null;
const homes: Home[] = [];
beforeAll(async () => {
  if (hasBrowser) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});
afterEach(async () => {
  for (const home of homes.splice(0)) {
    await home.rally("down");
    for (const { id } of await home.json<{ id: number }[]>("sessions", "--active").catch(() => []))
      await home.rally("stop", String(id));
    home.remove();
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** A home with a repository and a heartbeat that serves the page at a port that stays the same. */
async function watched(): Promise<{ home: Home; url: string; up: () => number }> {
  const port = await freePort();
  const home = await newHome(`${CONFIG}  fast_seconds: 1\nweb:\n  port: ${port}\n`);
  homes.push(home);
  await home.rally("onboard", ".", "--local");
  const log = join(home.rallyHome, "up.log");
  const up = () => spawnQuietly([...program(), "up"], { cwd: home.repo, env: home.env, log });
  const url = `http://127.0.0.1:${port}/`;
  return { home, url, up };
}

async function served(url: string): Promise<void> {
  await until(
    () => `${url} answers`,
    () =>
      fetch(url)
        .then((answer) => answer.ok)
        .catch(() => false),
  );
}

function started(): Browser {
  if (!browser) throw new Error("There is no browser.");
  return browser;
}

describe.skipIf(!hasBrowser)("in a browser", () => {
  test("a run goes from working to ready without a reload, and a restart is got over", async () => {
    const { home, url, up } = await watched();
    const first = up();
    await served(url);
    const { tab, complaints } = await newTab(started());
    await tab.goto(url);
    await tab.waitForSelector("#link.live");
    await tab.evaluate("window.sameAsBefore = true");
    await home.rally("dispatch", "task", "Take notes", "--model", "slow");
    await tab.waitForSelector('.row[data-display="working"] .title');
    await tab.waitForSelector('[data-count="working"] >> text=1');
    await home.rally("stop", "1");
    await tab.waitForSelector('.row[data-display="stopped"]');
    await home.rally("dispatch", "task", "Take more notes");
    await tab.waitForSelector('.row[data-key="d2"][data-display="ready"]');
    expect(await tab.evaluate("window.sameAsBefore")).toBeTrue();

    await tab.click('.row[data-key="d2"] .title');
    await tab.waitForSelector("#link.live");
    await tab.waitForSelector(".patch summary >> text=NOTES.md");
    expect(await tab.textContent(".log")).toContain("NOTES.md says what was done");
    expect(await tab.textContent(".timeline")).toContain("session ended");

    await tab.goto(url);
    await tab.waitForSelector("#link.live");
    await tab.evaluate("window.sameAsBefore = true");
    process.kill(first, "SIGKILL");
    await tab.waitForSelector("#link.lost");
    up();
    await tab.waitForSelector("#link.live");
    await home.rally("dispatch", "task", "Take the last notes");
    await tab.waitForSelector('.row[data-key="d3"][data-display="ready"]');
    expect(await tab.evaluate("window.sameAsBefore")).toBeTrue();
    expect(complaints).toEqual([]);
    expect((await home.rally("open")).out.trim()).toBe(url);
    await tab.context().close();
  });
});

test("rally up serves the page, says where, and does not with --no-web; a busy port does not end it", async () => {
  const { home, url, up } = await watched();
  expect((await home.rally("open")).err).toContain("Nobody watches");
  const taken = Bun.serve({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
    fetch: () => new Response("other"),
  });
  up();
  const log = () => Bun.file(join(home.rallyHome, "up.log")).text();
  await until(
    () => "that the port is taken",
    async () => (await log()).includes("another program has it"),
  );
  expect((await home.rally("open")).err).toContain("serves no status page");
  await home.rally("down");
  await taken.stop(true);
  up();
  await served(url);
  expect((await fetch(new URL("/healthz", url))).status).toBe(200);
  const ticks = async () => (await fetch(new URL("/metrics", url))).text();
  await until(
    () => "a tick",
    async () => (await ticks()).includes('rally_tick_duration_seconds_count{tick="fast"}'),
  );
  expect((await home.rally("open")).out).toBe(`${url}\n`);
  await home.rally("down");
  const said = await home.rally("up", "--detach", "--no-web");
  expect(said.code).toBe(0);
  expect((await home.rally("open")).code).toBe(6);
});
