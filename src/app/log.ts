import { statSync } from "node:fs";
import { arg, numberFlag, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { isLive } from "../domain/words.ts";
import { readPiece } from "../process/plain.ts";
import { runFiles } from "../runs/paths.ts";
import { runRow, runsOf } from "../store/read.ts";
import type { RunRow } from "../store/rows.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { readable } from "./log-lines.ts";
import { type Reply, type Stream, tone } from "./reply.ts";

const POLL_MS = 250;
/** The end of a log that is longer than a person would read; `--raw` has all of it. */
const SHOWN_BYTES = 2 * 1024 * 1024;

/** `rally log <d> [-f] [--raw] [--run N]`: what the agent said and did, from its structured output. */
export async function log(world: World, call: Call): Promise<Reply> {
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const runs = runsOf(world.store, view.id).filter((run) => run.state !== "queued");
  const run = chosenRun(view, runs, numberFlag(call.parsed, "run"));
  const raw = on(call.parsed, "raw");
  const path = runFiles(world.config.home, run.id).log;
  const read = readLog(path, 0, raw ? Number.POSITIVE_INFINITY : SHOWN_BYTES);
  const show = (text: string) => (raw ? world.redact(text) : readable(world.redact(text)));
  const json = {
    id: view.id,
    run: run.id,
    state: run.state,
    exit_code: run.exitCode,
    log: path,
    text: world.redact(read.text),
  };
  const aside = [[tone(summary(view, runs, run), "dim")]];
  const reply = { text: [{ verbatim: show(read.text), as: "log" as const }], json, aside };
  if (!on(call.parsed, "follow")) return reply;
  return { ...reply, stream: follow(world, run.id, path, read.end, show) };
}

/** Which run it is, how that ended, and that there were others. */
function summary(view: DispatchView, runs: readonly RunRow[], run: RunRow): string {
  const why = [run.outcome ?? run.state, run.failure ? `(${run.failure})` : ""].filter(Boolean).join(" ");
  const detail = run.detail && run.outcome !== "ok" ? `: ${run.detail}` : "";
  const before = runs.filter((one) => one.id < run.id).at(-1);
  const earlier = before ? `; before it: rally log ${view.id} --run ${before.id}` : "";
  return `run ${run.id}, ${run.agent}: ${isLive(run.state) ? "at work" : why + detail}${earlier}`;
}

function chosenRun(view: DispatchView, runs: readonly RunRow[], wanted: number | null): RunRow {
  // A person saw what was said there: nothing of it was written down.
  const logged = runs.filter((run) => run.role !== "attached");
  const run =
    wanted === null
      ? (logged.at(-1) ?? runs.at(-1))
      : runs.find((one) => one.id === wanted || one.attempt === wanted);
  if (run) return run;
  if (wanted !== null)
    throw new Problem("missing", `${view.id} has no run ${wanted}.`, {
      hint: `Its runs: ${runs.map((one) => one.id).join(", ") || "none yet"}`,
    });
  throw new Problem("missing", `${view.id} has not started yet.`, { hint: "rally status" });
}

function follow(
  world: World,
  runId: number,
  path: string,
  from: number,
  show: (text: string) => string,
): Stream {
  return { how: "append", parts: parts(world, runId, path, from, show) };
}

/** New whole lines as they come, until the run has ended and its log is read to the end. */
async function* parts(
  world: World,
  runId: number,
  path: string,
  from: number,
  show: (text: string) => string,
) {
  let at = from;
  for (;;) {
    const live = isLive(runRow(world.store, runId)?.state ?? "exited");
    const read = readLog(path, at, Number.POSITIVE_INFINITY);
    if (read.end > at) {
      at = read.end;
      yield {
        text: [{ verbatim: show(read.text), as: "log" as const }],
        json: { run: runId, text: world.redact(read.text) },
      };
    } else if (!live) return;
    else {
      await Bun.sleep(POLL_MS);
      await world.observe();
    }
  }
}

/** From `offset` on, at most the last `maxBytes`, whole lines only but for the very end. */
function readLog(
  path: string,
  offset: number,
  maxBytes: number,
): { readonly text: string; readonly end: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const start = Math.max(offset, size - maxBytes);
  const bytes = readPiece(path, start, size - start);
  const lastLine = bytes.lastIndexOf(10) + 1 || bytes.length;
  if (lastLine === 0) return { text: "", end: offset };
  return { text: bytes.subarray(0, lastLine).toString("utf8"), end: start + lastLine };
}
