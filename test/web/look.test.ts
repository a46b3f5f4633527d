import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { setRun } from "../../src/store/record.ts";
import { fillFleet } from "../fixtures/fleet.ts";
import { hasBrowser, NO_BROWSER, newTab, startBrowser } from "./browser.ts";
import { ended, type Ids, newPlace, type Place, working } from "./place.ts";

setDefaultTimeout(90_000);

if (!hasBrowser) console.warn(NO_BROWSER);
let browser: Browser | null = null;
beforeAll(async () => {
  if (hasBrowser) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});
const places: Place[] = [];
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  for (const place of places.splice(0)) await place.remove();
});

function place(fill = true): Place {
  const made = newPlace();
  places.push(made);
  if (fill) fillFleet(made.world.store, 5, 26, made.world.now());
  return made;
}

async function opened(at: Place, path: string, options: Parameters<typeof newTab>[1] = {}) {
  if (!browser) throw new Error("There is no browser.");
  const { tab, complaints } = await newTab(browser, options);
  await tab.goto(new URL(path, at.page.url).href);
  if (options.javaScriptEnabled !== false) await tab.waitForSelector("#link.live");
  return { tab, complaints };
}

function logged(at: Place, { runId }: Ids, text: string): void {
  const folder = join(at.home, "runs", String(runId));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "log"), text);
}

/** What a checker of accessibility finds that is serious. */
async function findings(tab: Page, only: string | null = null): Promise<string[]> {
  await tab.evaluate(axe.source);
  const run = `axe.run(${only === null ? "" : JSON.stringify({ runOnly: [only] })})`;
  const { violations, passes } = (await tab.evaluate(run)) as axe.AxeResults;
  expect(passes.length).toBeGreaterThan(only === null ? 10 : 0);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

const tooWide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

describe.skipIf(!hasBrowser)("in a browser", () => {
  test("nothing serious is found wrong, light and dark", async () => {
    const at = place();
    for (const path of ["/", "/dispatches/7", "/nothing"]) {
      const { tab, complaints } = await opened(at, path);
      expect([path, await findings(tab)]).toEqual([path, []]);
      await tab.emulateMedia({ colorScheme: "dark" });
      expect([path, "dark", await findings(tab, "color-contrast")]).toEqual([path, "dark", []]);
      expect([path, complaints]).toEqual([path, []]);
    }
  });

  test("a phone's width is enough, and a wall's is not too much", async () => {
    const at = place();
    const ids = working(at.world, `Long ${"W".repeat(10_000)}`, 4242, {
      branch: `rally/${"b".repeat(10_000)}`,
    });
    logged(at, ids, `${"L".repeat(10_000)}\n`);
    for (const path of ["/", `/dispatches/${ids.dispatchId}`, "/projects/acme/app"]) {
      const { tab } = await opened(at, path, { viewport: { width: 2560, height: 844 } });
      for (const width of [2560, 800, 390, 320]) {
        await tab.setViewportSize({ width, height: 844 });
        expect([width, path, await tab.evaluate(tooWide)]).toEqual([width, path, false]);
      }
    }
  });

  test("without scripts it says the same, and comes anew by itself", async () => {
    const at = place();
    const { tab } = await opened(at, "/", { javaScriptEnabled: false });
    const script = await opened(at, "/");
    const rows = (page: Page) => page.locator(".row .title").allTextContents();
    expect(await rows(tab)).toEqual(await rows(script.tab));
    expect(await tab.textContent("#link")).toContain("renews itself every 15 s");
    expect(await at.text("/")).toContain('<noscript><meta http-equiv="refresh" content="15"></noscript>');
    await tab.click(".row .title");
    expect(tab.url()).toContain("/dispatches/");
    expect(await tab.locator("h2").allTextContents()).toEqual(["Log", "Changes", "Runs", "What happened"]);
  });

  test("from the keyboard alone", async () => {
    const at = place();
    const { tab } = await opened(at, "/");
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.className")).toBe("skip");
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("j");
    await tab.keyboard.press("j");
    await tab.keyboard.press("k");
    const first = "document.activeElement === document.querySelector('.row .title')";
    expect(await tab.evaluate(first)).toBeTrue();
    // What changes does not take the focus away.
    ended(at.world, working(at.world, "Something new", 777));
    await tab.waitForSelector('.title >> text="Something new"');
    expect(await tab.evaluate("document.activeElement.className")).toBe("title");
    await tab.keyboard.press("Enter");
    await tab.waitForURL(/\/dispatches\/\d+$/);
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    expect(await tab.textContent(":focus")).toBe("Rally");
  });

  test("the log goes on by itself, what was opened stays open", async () => {
    const at = place(false);
    const ids = working(at.world, "Fix login");
    logged(at, ids, "first words\n");
    const { tab } = await opened(at, `/dispatches/${ids.dispatchId}`);
    logged(at, ids, "first words\nsecond words\n");
    await tab.waitForSelector(".log >> text=second words");
    await tab.goto(at.page.url);
    await tab.waitForSelector("#link.live");
    await tab.click("summary");
    setRun(at.world.store, ids.runId, { words: "run the tests" });
    ended(at.world, ids);
    await tab.waitForSelector('.row[data-display="ready"]');
    expect(await tab.evaluate("document.querySelector('details').open")).toBeTrue();
  });

  test("what others wrote does nothing", async () => {
    const at = place(false);
    const hostile = `<script>window.pwned=1</script><img src=x onerror=window.pwned=2><svg onload=window.pwned=3>`;
    const ids = working(at.world, `"'>${hostile}`, 42, { branch: `rally/${hostile}` });
    logged(at, ids, `${hostile}\n</pre>${hostile}\n\u001b[31mred\u001b[0m\u0000\n`);
    setRun(at.world.store, ids.runId, { words: hostile });
    for (const path of ["/", `/dispatches/${ids.dispatchId}`, "/projects/acme/app"]) {
      const { tab, complaints } = await opened(at, path);
      const renewed = tab.waitForResponse((answer) => answer.url() === tab.url() && answer.status() === 200);
      ended(at.world, working(at.world, hostile, 1000 + path.length));
      await renewed;
      expect(await tab.evaluate("window.pwned ?? null")).toBeNull();
      expect(await tab.locator("main img, main script").count()).toBe(0);
      expect(complaints).toEqual([]);
    }
    const { tab } = await opened(at, `/dispatches/${ids.dispatchId}`);
    expect(await tab.textContent("h1")).toContain("<script>window.pwned=1</script>");
    expect(await tab.textContent(".log")).toContain("red");
    // Even markup that got in would do nothing.
    const refused = tab.waitForEvent("console", (said) => said.text().includes("Content Security Policy"));
    await tab.evaluate(`document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(hostile)})`);
    await refused;
    expect(await tab.evaluate("window.pwned ?? null")).toBeNull();
  });
});
