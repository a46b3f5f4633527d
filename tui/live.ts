import { ago, duration, inOneLine, plural } from "../src/app/ago.ts";
import { type Line, type Span, tone } from "../src/app/reply.ts";
import { targetName } from "../src/app/status-lines.ts";
import { hasLiveRun, ICONS, label } from "../src/domain/display.ts";
import type { Shown } from "../src/domain/group.ts";
import { pageLink } from "../src/domain/page-link.ts";
import type { Time } from "../src/domain/words.ts";
import type { Doc } from "./events.ts";
import type { Rect } from "./frame.ts";
import { wrapped } from "./lines.ts";

type Around = Pick<Rect, "width" | "height"> & { readonly now: Time; readonly pageBase: string | null };

/** Where a dispatch stands, what it wants, and the last that its agent said and did. */
export function liveLines(shown: Shown, doc: Doc | undefined, { now, pageBase, ...rect }: Around): Line[] {
  const { view } = shown;
  const facts = [
    [tone(`${targetName(view)} ${view.title}`, "strong")],
    state(shown, now),
    ...wants(shown, now),
    ...(view.question
      ? ["", ...view.question.text.split("\n").map((text): Line => [tone(`❓ ${text}`, "warn")])]
      : []),
    ...view.kept.map(({ text }): Line => [tone("told next: ", "dim"), `“${inOneLine(text)}”`]),
    "",
    ...run(shown, now),
    ...work(shown, now),
    ...page(pageBase, view.id),
  ] satisfies Line[];
  const used = facts.reduce((sum, line) => sum + wrapped(line, rect.width).length, 0);
  const room = Math.max(3, rect.height - used - 2);
  return [...facts, ...lastWords(doc, room, rect.width, hasLiveRun(view))];
}

/** Terminals make a link of an address by themselves. */
function page(pageBase: string | null, id: number): Line[] {
  const link = pageLink(pageBase, id);
  return link === null ? [] : [[tone(link, "dim"), tone("  O", "accent"), tone(" opens it", "dim")]];
}

function state(shown: Shown, now: Time): Line {
  const since = ago(shown.view.statusSince, now);
  return [
    `${ICONS[shown.display]} ${label(shown.view)}`,
    tone(` · ${shown.view.status} for ${since}`, "dim"),
  ];
}

function wants(shown: Shown, now: Time): Line[] {
  // The question itself stands below, as a whole.
  return shown.attention
    .filter(({ code }) => code !== "needs_input")
    .map(({ message, hint, since }) => [
      tone(`! ${message}`, "bad"),
      tone(` ${ago(since, now)} → `, "dim"),
      tone(hint, "accent"),
    ]);
}

function run(shown: Shown, now: Time): Line[] {
  const { run: latest, queued, agent, model, mode } = shown.view;
  const who: Span = [agent, model ?? "", mode].filter((part) => part !== "").join(" · ");
  if (!latest) return [[who, tone(queued ? ` · place ${queued.place} in line` : " · not started", "dim")]];
  const took = latest.startedAt === null ? "" : ` ${duration((latest.endedAt ?? now) - latest.startedAt)}`;
  const parts = [` · run ${latest.attempt} ${latest.state}${took}`];
  if (shown.stage && hasLiveRun(shown.view))
    parts.push(` · ${shown.stage.declared ? "" : "~"}${shown.stage.name} ${ago(shown.stage.since, now)}`);
  if (latest.usage) {
    const { inputTokens, outputTokens, costUsd } = latest.usage;
    const tokens = inputTokens + outputTokens;
    if (tokens > 0) parts.push(` · ${tokens} tokens${costUsd === null ? "" : ` $${costUsd.toFixed(2)}`}`);
  }
  return [[who, tone(parts.join(""), "dim")]];
}

function work(shown: Shown, now: Time): Line[] {
  const { git, branch, pr } = shown.view;
  const found: Line[] = branch ? [[tone(branch, "accent")]] : [];
  if (git) {
    const spans: Span[] =
      git.commits + git.files === 0
        ? ["nothing changed yet"]
        : [
            `${plural(git.commits, "commit")} · ${plural(git.files, "file")} `,
            ...[tone(`+${git.insertions}`, "good"), " ", tone(`−${git.deletions}`, "bad")],
          ];
    if (git.dirty) spans.push(tone(" · not all committed", "warn"));
    if (git.unpushed > 0) spans.push(` · ${git.unpushed} unpushed`);
    // What may have changed since is said to be old.
    if (now - git.asOf > STALE_MS) spans.push(tone(` · seen ${ago(git.asOf, now)} ago`, "dim"));
    found.push(spans);
  }
  if (pr)
    found.push([
      `pull request #${pr.number} ${pr.state}${pr.draft ? " (draft)" : ""} · checks ${pr.checks}`,
      tone(now - pr.asOf > STALE_MS ? ` · seen ${ago(pr.asOf, now)} ago` : "", "dim"),
    ]);
  return found;
}

const STALE_MS = 120_000;

/** The end of the log, as many lines as there is room for, the latest below. */
function lastWords(doc: Doc | undefined, room: number, width: number, live: boolean): Line[] {
  if (doc?.kind !== "lines" || doc.lines.length === 0)
    return live ? ["", [tone("nothing said yet", "dim")]] : [];
  const kept: Line[] = [];
  let left = room;
  for (const line of doc.lines.slice(-room).toReversed()) {
    left -= wrapped(line, width).length;
    if (left < 0 && kept.length > 0) break;
    kept.unshift(line);
  }
  return ["", ...kept];
}
