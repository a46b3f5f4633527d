import type { DispatchData } from "../app/page-data.ts";
import { duration } from "../domain/duration.ts";
import type { Time } from "../domain/words.ts";
import { isLive } from "../domain/words.ts";
import { type Html, html } from "./html.ts";
import { age } from "./words.ts";

type Entry = DispatchData["journal"][number];
type Run = DispatchData["runs"][number];

/** The journal, the newest first, with how long each state and stage lasted. */
export function timeline({ journal, runs, now }: DispatchData): Html {
  const ends = new Map(runs.map((run) => [run.id, isLive(run.state) ? now : run.endedAt]));
  const entries = journal.map((entry, index) => line(entry, lasted(journal, index, ends, now), now));
  return html`<ol class="timeline">${entries.reverse()}</ol>`;
}

function line(entry: Entry, lastedMs: number | null, now: Time): Html {
  const moved =
    entry.from !== null || entry.to !== null
      ? html` <span class="moved">${entry.from === null ? "" : `${entry.from} → `}${entry.to ?? "gone"}</span>`
      : null;
  const took = lastedMs === null ? null : html` <span class="took">for ${duration(lastedMs)}</span>`;
  return html`<li class="l-${entry.layer}" data-key="j${entry.id}"><span class="when">${age(entry.at, now)}</span><div><b>${what(entry)}</b>${moved}${took} <small>${entry.actor}${entry.runId === null ? "" : ` · run ${entry.runId}`}</small>${entry.why !== null && entry.why !== "" && html`<p>${entry.why}</p>`}</div></li>`;
}

function what({ layer, event }: Entry): string {
  const words = event.replaceAll("_", " ");
  return layer === "run" && !words.includes("run") ? `run ${words}` : words;
}

/** Of a dispatch's or a run's state and of a stage: until the next of its kind, or until the run ended, or now. */
function lasted(
  journal: readonly Entry[],
  index: number,
  ends: ReadonlyMap<number, Time | null>,
  now: Time,
): number | null {
  const entry = journal[index];
  if (!entry || entry.to === null) return null;
  const later = journal.slice(index + 1);
  if (entry.layer === "dispatch")
    return (later.find((next) => next.layer === "dispatch")?.at ?? now) - entry.at;
  const same = (next: Entry) =>
    next.runId === entry.runId && next.layer === entry.layer && (next.event === "stage") === isStage(entry);
  if (entry.layer !== "run" && !isStage(entry)) return null;
  const until = later.find(same)?.at ?? ends.get(entry.runId ?? 0) ?? null;
  return until === null || until <= entry.at ? null : until - entry.at;
}

function isStage(entry: Entry): boolean {
  return entry.event === "stage";
}

/** Each process of an agent: what it was for, how long it took, how it ended. */
export function runList(runs: readonly Run[], now: Time): Html {
  const rows = runs.map((run) => {
    const took =
      run.startedAt === null
        ? null
        : run.endedAt === null
          ? html`for ${age(run.startedAt, now)}`
          : html`${duration(run.endedAt - run.startedAt)}`;
    const end = [run.outcome ?? "", run.failure === null ? "" : `(${run.failure})`, run.detail ?? ""];
    return html`<tr><th scope="row">${run.id}</th><td>${run.role.replace("_", " ")}</td><td>${run.agent}</td><td>${run.state}</td><td>${took}</td><td>${run.exitCode === null ? "" : `code ${run.exitCode}`}</td><td>${end.filter((part) => part !== "").join(" ")}</td></tr>`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="Runs"><table><thead><tr><th scope="col">run</th><th scope="col">role</th><th scope="col">agent</th><th scope="col">state</th><th scope="col">took</th><th scope="col">exit</th><th scope="col">outcome</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
