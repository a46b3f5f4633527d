import { duration, inOneLine } from "../src/app/ago.ts";
import { offersOf } from "../src/app/offers.ts";
import type { Announcement } from "../src/domain/announce.ts";
import { hasLiveRun, ICONS, label } from "../src/domain/display.ts";
import { type Shown, shown } from "../src/domain/group.ts";
import { pageLink } from "../src/domain/page-link.ts";
import type { DispatchView } from "../src/domain/view.ts";
import type { World } from "../src/world.ts";
import type { Content, Offered } from "./content.ts";
import type { Part } from "./platform.ts";
import { nameOf } from "./who.ts";

/** A card tells ages in steps, because every edit costs a part of what a platform takes. */
const AGE_STEP_MS = 5 * 60_000;

/** How a dispatch stands: its card, edited in place. */
export function cardContent(world: World, view: DispatchView, note: string | null): Content {
  const row = shown(view, world.now(), { silenceMs: world.config.limits.silenceMinutes * 60_000 });
  const facts = [
    view.repo ?? view.project,
    `dispatch ${view.id}`,
    view.agent,
    `by ${nameOf(view.createdBy)}`,
  ];
  const work = [view.branch ?? "", changes(view), pull(view)].filter((part) => part !== "");
  const parts: Part[] = [
    { line: [{ text: `${ICONS[row.display]} ${subject(view)}`, tone: "strong" }] },
    { line: `${label(view)}${doing(world, row)}` },
    { line: facts.join(" · ") },
    ...(work.length > 0 ? [{ line: work.join(" · ") }] : []),
    ...row.attention.map(({ message }): Part => ({ line: `⚠ ${message}` })),
    ...view.kept.map(
      ({ text }): Part => ({ line: [{ text: `told next: “${inOneLine(text)}”`, tone: "dim" }] }),
    ),
    ...linkTo(world, view.id),
    ...(note ? [{ line: [{ text: note, tone: "dim" as const }] }] : []),
  ];
  return { parts, offers: offersOf(row).map(offered), mention: [] };
}

/** The last thing that a card says of a dispatch that is no more. */
export function goneCard(before: Content, dispatchId: number, note: string): Content {
  const [title] = before.parts;
  return {
    parts: [...(title ? [title] : []), { line: note }],
    offers: [{ label: "Undo", line: `undo ${dispatchId}`, danger: false, takesText: false }],
    mention: [],
  };
}

/** News of a dispatch: a message of its own, because edits make no sound. */
export function newsContent(
  world: World,
  told: Announcement,
  view: DispatchView | null,
  more: { readonly mention: readonly string[]; readonly repeated: boolean },
): Content {
  const question = view?.question ?? null;
  const context = told.kind === "needs_you" && question?.context ? [{ code: question.context }] : [];
  const again: Part[] = more.repeated ? [{ line: "(It was perhaps told before.)" }] : [];
  return {
    parts: [
      { line: [{ text: `${told.icon} ${told.title}`, tone: "strong" }] },
      ...(told.detail ? [{ line: told.detail }] : []),
      ...context,
      ...(view === null ? [] : linkTo(world, view.id)),
      ...again,
    ],
    offers: view === null ? [] : told.offers.map(fromAnnouncement),
    mention: told.kind === "done" ? [] : more.mention,
  };
}

/** Where people can reach the status page, it has more. */
function linkTo(world: World, dispatchId: number): Part[] {
  const link = pageLink(world.config.web.baseUrl, dispatchId);
  return link === null ? [] : [{ link, text: "Status page" }];
}

/** When this changes, what was offered with the news before is no longer the question. */
export function standOf(view: DispatchView, kind: string): string {
  if (kind === "done") return kind;
  const { version, question, pr, queued, run } = view;
  const merged = pr?.state === "merged";
  return [kind, version, question?.id ?? 0, merged, queued?.runId ?? run?.id ?? 0].join(":");
}

/** The question that news with this stand ask; null where they ask none. */
export function questionIn(stand: string | null): number | null {
  const id = Number(stand?.split(":")[2] ?? 0);
  return id > 0 ? id : null;
}

function subject(view: DispatchView): string {
  if (view.number === null) return view.title;
  return view.kind === "pr" ? `PR #${view.number} ${view.title}` : `#${view.number} ${view.title}`;
}

function doing(world: World, row: Shown): string {
  const { view, stage } = row;
  if (!hasLiveRun(view)) return "";
  const since = stage?.since ?? view.run?.startedAt ?? view.statusSince;
  const age = Math.floor((world.now() - since) / AGE_STEP_MS) * AGE_STEP_MS;
  const what = stage ? `: ${stage.name}` : "";
  return age > 0 ? `${what}, for ${duration(age)}` : what;
}

function changes(view: DispatchView): string {
  const { git } = view;
  if (!git || (git.insertions === 0 && git.deletions === 0 && !git.dirty)) return "";
  return `+${git.insertions} −${git.deletions}${git.dirty ? " *" : ""}`;
}

function pull(view: DispatchView): string {
  return view.pr ? `PR #${view.pr.number} ${view.pr.state}` : "";
}

function offered(offer: ReturnType<typeof offersOf>[number]): Offered {
  const { label: text, line, danger, takesText } = offer;
  return { label: text, line, danger: danger ?? false, takesText: takesText ?? false };
}

function fromAnnouncement(offer: Announcement["offers"][number]): Offered {
  const danger = offer.line.startsWith("clean");
  return { label: offer.label, line: offer.line, danger, takesText: offer.asks !== undefined };
}
