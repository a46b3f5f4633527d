import { type Block, isTable, isVerbatim, type Line, plain, type Reply, tone } from "../src/app/reply.ts";
import { tableLines } from "../src/cli/table.ts";
import { Problem } from "../src/domain/problem.ts";
import type { Notice } from "./events.ts";

const LONGEST = 20_000;

/** What was answered, as lines to read, tables as wide as given. */
export function linesOf(reply: Reply, width: number): Line[] {
  const lines = reply.text.flatMap((block) => blockLines(block, width));
  const problems = (reply.problems ?? []).flatMap((problem): Line[] => [
    [tone(problem.message, "bad")],
    ...(problem.hint ? [[tone(`→ ${problem.hint}`, "accent")] as const] : []),
  ]);
  return [...lines, ...(reply.aside ?? []), ...problems].slice(0, LONGEST);
}

function blockLines(block: Block, width: number): Line[] {
  if (isVerbatim(block))
    return block.verbatim
      .trimEnd()
      .split("\n")
      .map((text) => diffTone(text, block.as));
  if (isTable(block)) return tableLines(block.table, width, false);
  return [block];
}

function diffTone(text: string, as: string | undefined): Line {
  if (as !== "diff") return text;
  if (text.startsWith("@@")) return [tone(text, "accent")];
  if (text.startsWith("+")) return [tone(text, "good")];
  return text.startsWith("-") ? [tone(text, "bad")] : text;
}

/** What a reply says first, for the line above the footer; what it says below a table goes before the table. */
export function gistOf(reply: Reply): string {
  const first = (blocks: readonly Block[]) =>
    linesOf({ ...reply, text: blocks }, 200)
      .map((line) =>
        plain(line)
          .trim()
          .replace(/\s{2,}/g, "  "),
      )
      .find((text) => text !== "");
  const [table, ...others] = reply.text;
  const below = table !== undefined && isTable(table) ? first(others) : undefined;
  return [below, first(reply.text)].filter((text) => text !== undefined).join("  ·  ") || "done";
}

/** A failure as a line that can be opened. What is no Problem is a bug, and said to be one. */
export function failure(error: unknown, until: number | null): Notice {
  const known = error instanceof Problem;
  const message = error instanceof Error ? error.message : String(error);
  return {
    text: known ? message : `This is a bug in Rally: ${message}`,
    tone: "bad",
    hint: known ? (error.hint ?? null) : null,
    more: causes(error, known),
    until,
  };
}

/** What went wrong with a part of what was asked, and behind it what else there is to tell; null where all went well. */
export function troubleOf(reply: Reply, until: number): Notice | null {
  const [problem, ...others] = reply.problems ?? [];
  if (!problem) return null;
  const notice = failure(problem, until);
  const rest = linesOf({ ...reply, problems: others }, 100);
  return {
    ...notice,
    text: others.length > 0 ? `${notice.text} (and ${others.length} more)` : notice.text,
    more: [...notice.more, ...(rest.length > 0 ? ["", ...rest] : [])],
  };
}

/** The first dispatch that was taken; null where none was. */
export function dispatchedIn(replies: readonly Reply[]): number | null {
  for (const { json } of replies) {
    const taken = (json as { readonly dispatches?: readonly { readonly id: number }[] } | null)?.dispatches;
    if (taken?.[0]) return taken[0].id;
  }
  return null;
}

function causes(error: unknown, known: boolean): Line[] {
  const lines: Line[] = [];
  let at: unknown = known && error instanceof Error ? error.cause : error;
  for (let depth = 0; depth < 5 && at !== undefined && at !== null; depth++) {
    const text = at instanceof Error ? (known ? at.message : (at.stack ?? at.message)) : String(at);
    lines.push("", ...text.split("\n").map((line): Line => [tone(line, "dim")]));
    at = at instanceof Error ? at.cause : undefined;
  }
  return lines;
}
