import type { Display } from "../domain/words.ts";
import { type Html, markup } from "./html.ts";

/** One shape for each state, so that no colour is needed to tell them apart. */
const SHAPES: Record<Display | "orphaned", string> = {
  done: '<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="m4.8 8.2 2.3 2.3 4.2-4.7" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>',
  upstream:
    '<rect x="3.2" y="2.5" width="3.4" height="11" rx="1.2"/><rect x="9.4" y="2.5" width="3.4" height="11" rx="1.2"/>',
  asking:
    '<circle cx="8" cy="8" r="7.5"/><path class="ink" d="M5.9 6.1a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.7-.9 1.3" fill="none" stroke-width="1.6" stroke-linecap="round"/><circle class="dot" cx="8" cy="11.7" r="1"/>',
  working:
    '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-opacity=".28" stroke-width="2.4"/><path class="spin" d="M8 1.4a6.6 6.6 0 0 1 6.6 6.6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
  queued:
    '<circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.4 2"/><path d="M8 4.6V8l2.2 1.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
  needs_you:
    '<path d="M8 .8a1.4 1.4 0 0 1 1.2.7l6.3 11.2a1.4 1.4 0 0 1-1.2 2.1H1.7a1.4 1.4 0 0 1-1.2-2.1L6.8 1.5A1.4 1.4 0 0 1 8 .8Z"/><path class="ink" d="M8 5.4v4" fill="none" stroke-width="1.7" stroke-linecap="round"/><circle class="dot" cx="8" cy="12" r="1"/>',
  ready:
    '<circle cx="8" cy="8" r="7.5"/><path class="ink" d="m4.8 8.2 2.3 2.3 4.2-4.7" fill="none" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  pushed:
    '<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 11.6V4.8M5.2 7.4 8 4.6l2.8 2.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
  stopped: '<rect x="2.5" y="2.5" width="11" height="11" rx="2.4"/>',
  implementing: '<circle cx="8" cy="8" r="4.5"/>',
  orphaned:
    '<path d="M8 1a5.6 5.6 0 0 0-5.6 5.6V15l2-1.5L6.2 15 8 13.5 9.8 15l1.8-1.5 2 1.5V6.6A5.6 5.6 0 0 0 8 1Z"/><circle class="dot" cx="6" cy="6.7" r="1.1"/><circle class="dot" cx="10" cy="6.7" r="1.1"/>',
};

/** Once a page; `<use>` takes them from there. */
export function sprite(): Html {
  const symbols = Object.entries(SHAPES).map(
    ([name, shape]) => `<symbol id="m-${name}" viewBox="0 0 16 16">${shape}</symbol>`,
  );
  return markup(`<svg class="sprite" aria-hidden="true" width="0" height="0">${symbols.join("")}</svg>`);
}
