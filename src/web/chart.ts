import { plural } from "../app/ago.ts";
import type { Day, Slot } from "../app/day.ts";
import { duration } from "../domain/duration.ts";
import { type Html, html } from "./html.ts";

const WIDTH = 10;
const HALF = 60;

/** The day in a picture: agents at work upwards, what waited for a person downwards. */
export function chart(day: Day): Html {
  const most = Math.max(2, ...day.slots.map((slot) => Math.max(slot.runs, slot.waiting)));
  const bars = day.slots.map((slot, index) => bar(slot, index, HALF / most));
  const { waits } = day;
  const waited =
    waits.count === 0
      ? "Nothing waited for a person."
      : `${plural(waits.count, "wait")} for a person: half of them over ${duration(waits.medianMs)}, the longest ${duration(waits.longestMs)}.`;
  const peak = `At most ${plural(Math.max(...day.slots.map(({ runs }) => runs)), "run")} at once.`;
  return html`<figure class="day" aria-labelledby="day-title">
<figcaption><h2 id="day-title">The last 24 hours</h2><p><span class="key k-runs">agents at work</span> <span class="key k-waiting">waiting for a person</span> ${peak} ${waited}</p></figcaption>
<svg viewBox="0 0 ${day.slots.length * WIDTH} ${2 * HALF + 2}" preserveAspectRatio="none" role="img" aria-label="${peak} ${waited}">${bars}<path class="axis" d="M0 ${HALF + 1}H${day.slots.length * WIDTH}"/></svg>
<div class="hours" aria-hidden="true"><span>24 h ago</span><span>18 h</span><span>12 h</span><span>6 h</span><span>now</span></div>
<details><summary>As a table</summary><div class="wide" tabindex="0" role="region" aria-label="The last 24 hours by the hour">${table(day)}</div></details>
</figure>`;
}

function bar(slot: Slot, index: number, unit: number): Html {
  const x = index * WIDTH + 1;
  const up = slot.runs * unit;
  const down = slot.waiting * unit;
  const runs =
    up > 0 &&
    html`<rect class="b-runs" x="${x}" y="${fixed(HALF - up)}" width="${WIDTH - 2}" height="${fixed(up)}" rx="1.5"/>`;
  const waiting =
    down > 0 &&
    html`<rect class="b-waiting" x="${x}" y="${HALF + 2}" width="${WIDTH - 2}" height="${fixed(down)}" rx="1.5"/>`;
  return html`${runs}${waiting}`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

const SLOTS_AN_HOUR = 4;

function table(day: Day): Html {
  const hours = Array.from({ length: day.slots.length / SLOTS_AN_HOUR }, (_, hour) => {
    const slots = day.slots.slice(hour * SLOTS_AN_HOUR, (hour + 1) * SLOTS_AN_HOUR);
    return {
      from: new Date(slots[0]?.from ?? day.from).toISOString().slice(11, 16),
      runs: Math.max(...slots.map((slot) => slot.runs)),
      waiting: Math.max(...slots.map((slot) => slot.waiting)),
    };
  });
  const rows = hours.map(
    ({ from, runs, waiting }) =>
      html`<tr><th scope="row">${from}</th><td>${runs}</td><td>${waiting}</td></tr>`,
  );
  return html`<table><thead><tr><th scope="col">from (UTC)</th><th scope="col">at work</th><th scope="col">waiting</th></tr></thead><tbody>${rows}</tbody></table>`;
}
