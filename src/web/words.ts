import { ago } from "../app/ago.ts";
import type { Counts } from "../domain/group.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Display, Time } from "../domain/words.ts";
import { type Html, html } from "./html.ts";

/** How long ago, kept up to date by the script. */
export function age(since: Time, now: Time): Html {
  const iso = new Date(since).toISOString();
  return html`<time datetime="${iso}" title="${iso.replace("T", " ").slice(0, 19)} UTC" data-age>${ago(since, now)}</time>`;
}

/** Icon of a state, drawn, so that no font is needed; the words beside it say the same. */
export function mark(display: Display | "orphaned"): Html {
  return html`<svg class="mark" aria-hidden="true" viewBox="0 0 16 16"><use href="#m-${display}"/></svg>`;
}

/** `#42`, `PR #12`, `task`. */
export function targetOf(view: DispatchView): string {
  if (view.kind === "task" || view.number === null) return "task";
  return view.kind === "pr" ? `PR #${view.number}` : `#${view.number}`;
}

export function projectPath(view: { readonly repo: string | null; readonly projectId: number }): string {
  return view.repo === null ? `/projects/${view.projectId}` : `/projects/${encoded(view.repo)}`;
}

function encoded(repo: string): string {
  return repo.split("/").map(encodeURIComponent).join("/");
}

/** The head's numbers: attention first, then by display; the words are those of `rally status`. */
export const TILES: readonly (readonly [key: keyof Counts, one: string, many: string])[] = [
  ["attention", "needs you", "need you"],
  ["working", "working", "working"],
  ["implementing", "implementing", "implementing"],
  ["queued", "queued", "queued"],
  ["ready", "ready", "ready"],
  ["pushed", "pushed", "pushed"],
  ["stopped", "stopped", "stopped"],
  ["upstream", "upstream", "upstream"],
  ["done", "done", "done"],
  ["orphaned", "orphaned", "orphaned"],
];

/** `(2) Rally` in a browser's tab. */
export function tabTitle(attention: number, what: string): string {
  return `${attention > 0 ? `(${attention}) ` : ""}${what}`;
}
