import { hasLiveRun } from "../domain/display.ts";
import type { Shown } from "../domain/group.ts";
import type { DispatchView } from "../domain/view.ts";
import type { Offer } from "./reply.ts";

/** What a person may want to do with a dispatch now, the likeliest first. */
export function offersOf(row: Shown): Offer[] {
  const { view } = row;
  return view.kept.length === 0 ? offersAs(row) : [...offersAs(row), ...keptOffers(view)];
}

/** What can be done with messages that no run has been told: a run that lives or waits is told them anyway. */
export function keptOffers(view: DispatchView): Offer[] {
  const takeBack = { label: "Take it back", line: `continue ${view.id} --withdraw` };
  const isTold = hasLiveRun(view) || view.queued !== null;
  return isTold ? [takeBack] : [{ label: "Go on", line: `continue ${view.id}` }, takeBack];
}

function offersAs(row: Shown): Offer[] {
  const { view } = row;
  const { id } = view;
  const answer: Offer = { label: "Answer…", line: `answer ${id}`, takesText: true };
  const goOn: Offer = { label: "Continue…", line: `continue ${id}`, takesText: true };
  const log: Offer = { label: "Log", line: `log ${id}` };
  const diff: Offer =
    view.kind === "pr" ? { label: "Review", line: `review ${id}` } : { label: "Diff", line: `diff ${id}` };
  const stop: Offer = { label: "Stop", line: `stop ${id}` };
  const retry: Offer = { label: "Retry", line: `retry ${id}` };
  const upstream: Offer = { label: "Upstream", line: `upstream ${id}` };
  const clean: Offer = { label: "Clean", line: `clean ${id}`, danger: true };
  const open: Offer[] = view.kind === "pr" || view.pr ? [] : [{ label: "Open PR", line: `pr ${id}` }];
  switch (row.display) {
    case "asking":
      return [answer, log, ...(hasLiveRun(view) ? [stop] : [])];
    case "working":
    case "implementing":
      return [log, diff, stop];
    case "queued":
      return [stop];
    case "needs_you":
      return [log, goOn, retry, clean];
    case "ready":
    case "pushed":
      return [diff, ...open, goOn, upstream, clean];
    case "stopped":
      return [goOn, retry, diff, clean];
    case "upstream":
      return [{ label: "Resume", line: `resume ${id}` }, diff, clean];
    case "done":
      return [clean];
  }
}
