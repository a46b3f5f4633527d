import { thaw } from "../runs/frozen.ts";
import { contextOf } from "../store/contexts.ts";
import { dispatchRow, projects } from "../store/read.ts";
import { getSetting, setSetting } from "../store/settings.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { type Line, tone } from "./reply.ts";

/** What a dispatch is about, as it was frozen when it was dispatched: title, text, comments. */
export function targetText(world: World, id: number): Line[] {
  const row = dispatchRow(world.store, id);
  if (!row) return ["It is gone."];
  const head: Line[] = [[tone(row.title, "strong")], ...(row.url ? [[tone(row.url, "dim")]] : [])];
  if (row.kind === "task") return [...head, "", ...lines(row.task ?? "")];
  const target = thaw(contextOf(world.store, id))?.target;
  if (!target || !("body" in target)) return [...head, "", [tone("Its text was not kept.", "dim")]];
  const comments = "comments" in target ? target.comments : [];
  return [
    ...head,
    [tone(`by ${row.author ?? "somebody"}`, "dim")],
    "",
    ...lines(target.body),
    ...comments.flatMap((comment): Line[] => [
      "",
      [tone(`${comment.author}:`, "accent")],
      ...lines(comment.body),
    ]),
  ];
}

function lines(text: string): string[] {
  return text.trim() === "" ? ["(no text)"] : text.trim().split("\n");
}

export type OpenTarget = {
  readonly number: number;
  readonly isPull: boolean;
  readonly title: string;
  readonly author: string;
  readonly labels: readonly string[];
  /** The dispatch that is there for it already. */
  readonly taken: number | null;
};

/** The open issues and pull requests of a project, as GitHub says now. Throws Problem `github`. */
export async function openTargets(world: World, projectId: number): Promise<OpenTarget[]> {
  const owner = projects(world.store).find((row) => row.id === projectId);
  if (!owner?.repo) return [];
  const github = await world.github(owner.host);
  const items = await github.open(owner.repo);
  const taken = new Map(
    snapshot(world.store)
      .filter((view) => view.projectId === projectId && view.number !== null)
      .map((view) => [view.number, view.id]),
  );
  return items.map(({ number, isPull, title, author, labels }) => ({
    number,
    isPull,
    title,
    author,
    labels,
    taken: taken.get(number) ?? null,
  }));
}

/** What a person noted while reviewing a dispatch; null where nothing was noted. It goes with the home, not with git. */
export function reviewNotes(world: World, id: number): string | null {
  return getSetting(world.store, `review:${id}`);
}

export function keepReviewNotes(world: World, id: number, notes: string): void {
  setSetting(world.store, `review:${id}`, notes);
}
