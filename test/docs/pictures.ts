import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { spawnQuietly } from "../../src/process/quiet.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome, until } from "../app/home.ts";
import { fillFleet } from "../fixtures/fleet.ts";
import { ROOT } from "../tidy/sources.ts";
import { newTab, startBrowser } from "../web/browser.ts";
import { newPlace } from "../web/place.ts";

/** `bun test/docs/pictures.ts`: takes the pictures of docs/page.md; needs Chromium. */

const browser = await startBrowser();
try {
  await ofFleet(browser);
  await ofDispatch(browser);
} finally {
  await browser.close();
}

async function ofFleet(on: Browser): Promise<void> {
  const place = newPlace();
  fillFleet(place.world.store, 21, 17, place.world.now());
  const at = new URL("/", place.page.url).href;
  await shoot(on, at, "page", { viewport: { width: 1280, height: 1000 } });
  await shoot(on, at, "page-dark", { viewport: { width: 1280, height: 1000 }, colorScheme: "dark" });
  await shoot(on, at, "page-phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  await place.remove();
}

async function ofDispatch(on: Browser): Promise<void> {
  const home = await newHome(`${CONFIG}  fast_seconds: 1\nweb:\n  port: 0\n`, {
    "session.ts": "export const TIMEOUT = 30;\n",
  });
  try {
    await home.rally("onboard", ".", "--local");
    spawnQuietly([...program(), "up"], {
      cwd: home.repo,
      env: home.env,
      log: join(home.rallyHome, "up.log"),
    });
    await home.rally("dispatch", "task", "Say why the login times out");
    await home.rally("dispatch", "task", "Retry uploads that broke off", "--model", "slow");
    const url = await until(
      () => "a page and what is ready",
      () => ready(home),
    );
    await shoot(on, new URL("/dispatches/1", url).href, "page-dispatch", {
      viewport: { width: 1280, height: 1250 },
    });
  } finally {
    await home.rally("stop", "2");
    await home.rally("down");
    home.remove();
  }
}

async function ready(home: Home): Promise<string | null> {
  const said = await home.rally("open");
  const { dispatches } = await home.json<{ dispatches: { id: number; display: string }[] }>("status");
  const done = dispatches.some(({ id, display }) => id === 1 && display === "ready");
  return said.code === 0 && done ? said.out.trim() : null;
}

async function shoot(on: Browser, url: string, name: string, options: BrowserContextOptions): Promise<void> {
  const { tab } = await newTab(on, options);
  await tab.goto(url);
  await tab.waitForSelector("#link.live");
  await tab.screenshot({ path: join(ROOT, "docs", `${name}.png`), animations: "disabled" });
  await tab.context().close();
}
