import type { Measured } from "../app/measured.ts";
import type { TickTimes } from "./ticks.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** `/metrics`: the text format of Prometheus, version 0.0.4. */
export function metricsText(
  from: Measured,
  ticks: TickTimes,
  web: { readonly streams: number; readonly answers: ReadonlyMap<number, number> },
): string {
  return [
    ...ofFleet(from),
    ...ofRuns(from),
    ...ofHeartbeat(from, ticks),
    gauge("rally_web_streams", "Readers of the event stream.", [[{}, web.streams]]),
    counter(
      "rally_web_answers_total",
      "Answers of the status page, by status code.",
      [...web.answers].map(([code, count]) => [{ code: String(code) }, count] as const),
    ),
    gauge("process_resident_memory_bytes", "Memory of the process that watches.", [
      [{}, process.memoryUsage.rss()],
    ]),
    counter("process_cpu_seconds_total", "CPU time of the process that watches.", [[{}, cpuSeconds()]]),
  ].join("");
}

function ofFleet({ fleet, now }: Measured): string[] {
  const { attention: _, orphaned, ...displays } = fleet.counts;
  const codes = new Map<string, number>();
  for (const row of fleet.rows)
    for (const { code } of row.attention) codes.set(code, (codes.get(code) ?? 0) + 1);
  const needing = fleet.rows.filter((row) => row.attention.length > 0);
  const waits = needing.map((row) => (now - Math.min(...row.attention.map(({ since }) => since))) / 1000);
  const line = fleet.rows.flatMap((row) => (row.view.queued ? [(now - row.view.queued.since) / 1000] : []));
  return [
    gauge("rally_dispatches", "Dispatches by what they show.", byLabel("display", Object.entries(displays))),
    gauge("rally_orphaned_worktrees", "Worktrees without a record.", [[{}, orphaned]]),
    gauge("rally_attention", "Reasons why a person should look.", byLabel("code", [...codes])),
    gauge("rally_needing_a_person", "Dispatches that need a person.", [[{}, needing.length]]),
    gauge("rally_waiting_for_a_person_seconds", "How long dispatches that need a person have waited.", [
      [{ of: "longest" }, Math.max(0, ...waits)],
      [{ of: "sum" }, sum(waits)],
    ]),
    gauge("rally_queue", "Runs that wait in line.", [[{}, line.length]]),
    gauge("rally_queue_oldest_seconds", "How long the first in line has waited.", [
      [{}, Math.max(0, ...line)],
    ]),
  ];
}

function ofRuns({ runs, outcomes, answered, capacity, outbox, budgets, now, journalId }: Measured): string[] {
  const oldest = outbox.map((row) => (now - row.oldest) / 1000);
  return [
    gauge("rally_capacity", "Runs that may be live at once.", [[{}, capacity]]),
    gauge(
      "rally_runs",
      "Runs on record, by state and agent.",
      runs.map(({ state, agent, count }) => [{ state, agent }, count] as const),
    ),
    gauge(
      "rally_run_outcomes",
      "Runs on record that have ended, by outcome and agent.",
      outcomes.map(({ outcome, agent, count }) => [{ outcome, agent }, count] as const),
    ),
    gauge("rally_questions_closed", "Questions on record that were answered or made moot.", [
      [{}, answered.count],
    ]),
    gauge("rally_questions_closed_seconds", "How long those questions were open, in all.", [
      [{}, answered.ms / 1000],
    ]),
    gauge(
      "rally_outbox",
      "Effects that are not delivered yet.",
      byLabel(
        "state",
        outbox.map((row) => [row.state, row.count]),
      ),
    ),
    gauge("rally_outbox_oldest_seconds", "How long the oldest undelivered effect has waited.", [
      [{}, Math.max(0, ...oldest)],
    ]),
    gauge(
      "rally_github_budget_limit",
      "Requests that GitHub allows.",
      byLabel(
        "resource",
        budgets.map((row) => [row.resource, row.limit]),
      ),
    ),
    gauge(
      "rally_github_budget_remaining",
      "Requests that GitHub still allows.",
      byLabel(
        "resource",
        budgets.map((row) => [row.resource, row.remaining]),
      ),
    ),
    gauge(
      "rally_github_budget_reset_timestamp_seconds",
      "When GitHub counts anew.",
      byLabel(
        "resource",
        budgets.map((row) => [row.resource, row.resetAt / 1000]),
      ),
    ),
    counter("rally_journal_rows_total", "Rows of the journal.", [[{}, journalId]]),
  ];
}

function ofHeartbeat({ heartbeat }: Measured, ticks: TickTimes): string[] {
  const last: [string, number][] = [];
  if (heartbeat.lastFastAt !== null) last.push(["fast", heartbeat.lastFastAt / 1000]);
  if (heartbeat.lastSlowAt !== null) last.push(["slow", heartbeat.lastSlowAt / 1000]);
  const name = "rally_tick_duration_seconds";
  const lines = ticks
    .histograms()
    .flatMap(({ tick, buckets, count, seconds }) => [
      ...buckets.map(({ le, count: within }) => sample(`${name}_bucket`, { tick, le: String(le) }, within)),
      sample(`${name}_bucket`, { tick, le: "+Inf" }, count),
      sample(`${name}_sum`, { tick }, seconds),
      sample(`${name}_count`, { tick }, count),
    ]);
  return [
    gauge("rally_heartbeat_held", "Whether somebody watches.", [[{}, heartbeat.holder === null ? 0 : 1]]),
    gauge("rally_tick_timestamp_seconds", "When the heartbeat last ticked.", byLabel("tick", last)),
    `# HELP ${name} How long ticks took, since this process began.\n# TYPE ${name} histogram\n${lines.join("")}`,
  ];
}

function byLabel(label: string, entries: readonly (readonly [string, number])[]): Sample[] {
  return entries.map(([name, value]) => [{ [label]: name }, value]);
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return family(name, "gauge", help, samples);
}

function counter(name: string, help: string, samples: readonly Sample[]): string {
  return family(name, "counter", help, samples);
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => sample(name, labels, value));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function sample(name: string, labels: Labels, value: number): string {
  const list = Object.entries(labels).map(([label, text]) => `${label}="${quoted(text)}"`);
  return `${name}${list.length > 0 ? `{${list.join(",")}}` : ""} ${value}\n`;
}

/** Only these three are special in a label's value. */
function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
