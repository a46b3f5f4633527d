import { hasLiveRun, label } from "../domain/display.ts";
import type { Shown } from "../domain/group.ts";
import type { DispatchView, PrFacts } from "../domain/view.ts";
import type { Time } from "../domain/words.ts";
import { type Html, html, webAddress } from "./html.ts";
import { age, mark, targetOf } from "./words.ts";

/** One dispatch in the list: its state, what it is at, and under it what asks for a person. */
export function row(shown: Shown, now: Time): Html {
  const { view, display, attention } = shown;
  return html`<li class="row s-${display}${attention.length > 0 ? " needs" : ""}" data-key="d${view.id}" data-display="${display}">
<div class="state">${mark(display)}<span class="id">${view.id}</span></div>
<a class="title" href="/dispatches/${view.id}"><span class="target">${targetOf(view)}</span> ${view.title}</a>
<div class="label">${label(view)}${stage(shown, now)}</div>
<div class="changes">${changes(view)}</div>
<div class="pull">${view.pr && pull(view.pr)}</div>
<div class="since">${age(sinceOf(shown), now)}</div>
${attention.map(({ message, hint }) => html`<p class="why">${message} <code>${hint}</code></p>`)}${progress(view)}
</li>`;
}

/** What the worker says that it is doing, inferred ones said to be so; only while something goes on. */
function stage({ view, stage: at }: Shown, now: Time): Html | null {
  if (!at || !(hasLiveRun(view) || at.name === "pr_testing")) return null;
  const how = at.declared ? "declared" : "inferred";
  return html` <span class="stage" title="${how}">${at.declared ? "" : "~"}${at.name.replace("_", " ")} ${age(at.since, now)}</span>`;
}

function progress(view: DispatchView): Html | null {
  const words = view.run?.progress;
  if (!words || !hasLiveRun(view)) return null;
  const said = [words.tool, words.words].filter((part) => part !== null && part !== "").join(": ");
  return said === "" ? null : html`<p class="now">${said.length > 200 ? `${said.slice(0, 199)}…` : said}</p>`;
}

export function changes(view: DispatchView): Html | null {
  const { git } = view;
  if (!git || (git.insertions === 0 && git.deletions === 0 && !git.dirty)) return null;
  if (git.insertions === 0 && git.deletions === 0) return html`<span class="dirty">uncommitted</span>`;
  const dirty = git.dirty ? html`<span class="dirty" title="not all of it is committed">*</span>` : null;
  return html`<span class="plus">+${git.insertions}</span> <span class="minus">−${git.deletions}</span>${dirty}`;
}

const CHECKS = { none: "", pending: "… pending", passing: "✓ passing", failing: "✗ failing" };

export function pull(pr: PrFacts): Html {
  const state = pr.state === "open" ? (pr.draft ? " draft" : "") : ` ${pr.state}`;
  const name = `PR #${pr.number}${state}`;
  const address = webAddress(pr.url);
  const link = address ? html`<a href="${address}" rel="noreferrer">${name}</a>` : html`${name}`;
  if (pr.state !== "open" || pr.checks === "none") return link;
  return html`${link} <span class="checks c-${pr.checks}" title="checks">${CHECKS[pr.checks]}</span>`;
}

/** How long it has been as it is: what asks for a person, the live run, the place in line, the status. */
function sinceOf({ view, display, attention }: Shown): Time {
  if (attention.length > 0) return Math.min(...attention.map(({ since }) => since));
  if (display === "working") return view.run?.startedAt ?? view.statusSince;
  return display === "queued" ? (view.queued?.since ?? view.statusSince) : view.statusSince;
}
