import type { HeartbeatFacts } from "../app/status-json.ts";
import type { Time } from "../domain/words.ts";
import { ASSETS, BUILD } from "./assets.ts";
import { type Html, html } from "./html.ts";
import { sprite } from "./marks.ts";
import { age } from "./words.ts";

export type Page = {
  readonly title: string;
  readonly now: Time;
  /** How often the script looks by itself, beside what it is told; null: only when told. */
  readonly pollMs?: number | null;
  readonly heartbeat: HeartbeatFacts | null;
  /** The way back, outermost first. */
  readonly trail?: readonly { readonly name: string; readonly href: string }[];
  readonly body: Html;
};

/** Without the script a page comes anew by itself. */
const REFRESH_SECONDS = 15;

/** The frame of every page. All that changes is in `#page`, which the script exchanges. */
export function shell(page: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="icon" href="${ASSETS.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${ASSETS.style.path}">
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
<script src="${ASSETS.script.path}" defer></script>
</head>
<body>
<a class="skip" href="#page">To the content</a>
${sprite()}
<header class="bar">
<nav aria-label="Where you are"><a class="brand" href="/">Rally</a>${(page.trail ?? []).map(({ name, href }) => html`<a href="${href}">${name}</a>`)}</nav>
<p class="link" id="link" role="status">renews itself every ${REFRESH_SECONDS} s</p>
</header>
<main id="page" tabindex="-1" data-now="${page.now}" data-build="${BUILD}"${page.pollMs ? html` data-poll="${page.pollMs}"` : null}>
${page.body}
${page.heartbeat && watched(page.heartbeat, page.now)}
</main>
</body>
</html>
`.markup;
}

const LATE_MS = 60_000;

/** Who watches, and how old what is shown may be. */
function watched({ holder, lastFastAt, lastSlowAt }: HeartbeatFacts, now: Time): Html {
  if (holder === null) return html`<footer class="watch late">Nobody watches. <code>rally up</code></footer>`;
  const late = lastFastAt === null || now - lastFastAt > LATE_MS;
  const fast = lastFastAt === null ? html`has not looked yet` : html`looked ${age(lastFastAt, now)} ago`;
  const slow = lastSlowAt === null ? null : html`, at GitHub ${age(lastSlowAt, now)} ago`;
  return html`<footer class="watch${late ? " late" : ""}">Watched by ${holder}, ${fast}${slow}</footer>`;
}
