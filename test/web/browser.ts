import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export const hasBrowser = existsSync(PROGRAM);
export const NO_BROWSER = `web: ${PROGRAM} is not there, so the page is NOT tried in a browser: apt-get install chromium`;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: FLAGS, timeout: 60_000 });
}

/** A page of its own, and all that the browser complained of: what a policy forbids, errors of scripts. */
export async function newTab(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly tab: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await context.newPage();
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(String(error)));
  tab.on("console", (message) => {
    const known = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|404|net::ERR_/.test(
      message.text(),
    );
    if (["error", "warning"].includes(message.type()) && !known) complaints.push(message.text());
  });
  tab.setDefaultTimeout(20_000);
  return { tab, complaints };
}
