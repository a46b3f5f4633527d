import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanText } from "../agents/clean.ts";
import { DECLARABLE_STAGES, type Stage } from "../domain/words.ts";
import { changing } from "../files.ts";
import { readPiece } from "../process/plain.ts";
import { answeredOf, questionsOf } from "../store/answers.ts";
import { ask, markDelivered } from "../store/questions.ts";
import { record, setRun } from "../store/record.ts";
import { getSetting, setSetting } from "../store/settings.ts";
import { write } from "../store/write.ts";
import type { World } from "../world.ts";
import { runFiles } from "./paths.ts";

type Run = { readonly id: number; readonly dispatchId: number; readonly agent: string };

const PIECE_BYTES = 64 * 1024;
/** A run that asks more often than this is not asking. */
const QUESTIONS_MAX = 20;

/**
 * Takes in what a run has left in its inbox since last time, and hands answers back. How far it was read is kept in the
 * same transaction as what was read, so that a line counts once whatever dies in between. Gives how many bytes have been
 * read by now.
 */
export function readInbox(world: World, run: Run): number {
  const files = runFiles(world.config.home, run.id);
  const offset = offsetOf(world, run.id);
  const text = readPiece(files.inbox, offset, PIECE_BYTES).toString("utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const readTo = whole === "" ? offset : takeIn(world, run, offset, whole);
  handAnswersBack(world, run, files.answers);
  return readTo;
}

function takeIn(world: World, run: Run, offset: number, whole: string): number {
  return write(world.store, "inbox", () => {
    const now = offsetOf(world, run.id);
    // Another process has read the same meanwhile, and perhaps more.
    if (now !== offset) return now;
    for (const line of whole.split("\n")) take(world, run, line);
    const readTo = offset + Buffer.byteLength(whole);
    setSetting(world.store, keyOf(run.id), String(readTo));
    return readTo;
  });
}

function offsetOf(world: World, runId: number): number {
  return Number(getSetting(world.store, keyOf(runId)) ?? "0");
}

function keyOf(runId: number): string {
  return `inbox:${runId}`;
}

function take(world: World, run: Run, line: string): void {
  const [word, first = "", second = ""] = line.split(" ");
  if (word === "stage") declare(world, run, first);
  if (word === "ask") question(world, run, first, second);
}

function declare(world: World, run: Run, name: string): void {
  const stage = DECLARABLE_STAGES.find((known) => known === name);
  if (stage) declareStage(world, run, stage, `agent:${run.agent}`);
}

/** The label and its time, on this run; a journal row, and no change of any status. */
export function declareStage(world: World, run: Run, stage: Stage, actor: string): void {
  const at = world.now();
  write(world.store, "declare stage", () => {
    setRun(world.store, run.id, { stage, stageAt: at });
    record(world.store, { actor, at }, [
      { layer: "fact", event: "stage", dispatchId: run.dispatchId, runId: run.id, to: stage },
    ]);
  });
}

function question(world: World, run: Run, id: string, encoded: string): void {
  if (!/^[0-9]+-[0-9]+$/.test(id) || questionsOf(world.store, run.id).length >= QUESTIONS_MAX) return;
  const words = world.redact(cleanText(Buffer.from(encoded, "hex").toString("utf8"))).trim();
  const text = words.slice(0, world.config.limits.messageMaxChars);
  if (text === "") return;
  ask(world.store, {
    dispatchId: run.dispatchId,
    runId: run.id,
    text,
    context: id,
    actor: `agent:${run.agent}`,
    at: world.now(),
  });
}

/** An answer is a file that the waiting call prints; that it was read is the call's own mark beside it. */
function handAnswersBack(world: World, run: Run, folder: string): void {
  for (const { id, context, answer } of answeredOf(world.store, run.id)) {
    if (context === null || !existsSync(folder)) continue;
    const path = join(folder, context);
    if (existsSync(`${path}.read`)) markDelivered(world.store, id, world.now());
    else if (!existsSync(path))
      changing(path, () => {
        writeFileSync(`${path}.tmp`, `${answer}\n`, { mode: 0o600 });
        renameSync(`${path}.tmp`, path);
      });
  }
}
