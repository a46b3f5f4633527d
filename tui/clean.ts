import { plural } from "../src/app/ago.ts";
import { type Line, type Reply, tone } from "../src/app/reply.ts";
import { targetName } from "../src/app/status-lines.ts";
import { hasLiveRun } from "../src/domain/display.ts";
import type { Shown } from "../src/domain/group.ts";
import type { Choice, Event } from "./events.ts";
import type { State } from "./model.ts";

type Judged = {
  readonly id: number;
  readonly can_go: boolean;
  readonly why: string;
  readonly holds: readonly string[];
};

/** Asks the command what would go, and makes a question of it that names what would be lost. Nothing is removed here. */
export async function cleanQuestion(
  state: State,
  ids: readonly number[],
  trashDays: number,
  say: (words: readonly string[]) => Promise<Reply>,
): Promise<Event> {
  const reply = await say(["clean", ...ids.map(String), "--stop", "--dry-run"]);
  const judged = (reply.json as { dispatches: readonly Judged[] }).dispatches;
  const rows = state.list.data?.fleet.rows ?? [];
  const rowOf = (id: number) => rows.find((row) => row.view.id === id);
  const lines = judged.flatMap((one) => [...about(one, rowOf(one.id)), ""]);
  const safe = judged.filter((one) => one.holds.length === 0);
  const holding = judged.filter((one) => one.holds.length > 0);
  const choices: Choice[] = [];
  if (safe.length > 0) {
    const rest = holding.length > 0 ? `; ${holding.map((one) => one.id).join(", ")} left alone` : "";
    choices.push(choice("y", `remove ${names(safe)}${rest}`, safe, [], rowOf));
  }
  if (holding.length > 0)
    choices.push({
      ...choice("f", `remove ${names(judged)}, also what exists nowhere else`, judged, ["--force"], rowOf),
      danger: true,
    });
  choices.push({ key: "n", label: "leave everything as it is", act: null });
  const how = trashDays > 0 ? `all of it, for ${plural(trashDays, "day")}` : "but for ignored files";
  const back: Line = [tone(`z brings it back, ${how}`, "dim")];
  return {
    type: "opened",
    overlay: {
      kind: "confirm",
      title: `Clean ${names(judged)}`,
      lines: [...lines, back],
      choices,
      scroll: 0,
      ask: null,
    },
  };
}

function about(one: Judged, row: Shown | undefined): Line[] {
  const title = row ? `${targetName(row.view)} ${row.view.title}` : "";
  const head: Line = [tone(`${one.id}  ${title}`, "strong")];
  const live: Line[] =
    row && hasLiveRun(row.view)
      ? [[tone(`! ${row.view.agent} is at work on it: its run is stopped first`, "bad")]]
      : [];
  if (one.holds.length === 0) return [head, ...live, [tone(`✓ ${one.why}`, "good")]];
  return [
    head,
    ...live,
    ...one.holds.map((what): Line => [tone(`! it holds ${what}`, "bad")]),
    [tone("  removed, that is kept under refs/rally/archive", "dim")],
  ];
}

function names(judged: readonly Judged[]): string {
  return judged.map((one) => one.id).join(", ");
}

function choice(
  key: string,
  label: string,
  judged: readonly Judged[],
  flags: readonly string[],
  rowOf: (id: number) => Shown | undefined,
): Choice {
  const live = judged.some((one) => {
    const row = rowOf(one.id);
    return row !== undefined && hasLiveRun(row.view);
  });
  const words = [
    "clean",
    ...judged.map((one) => String(one.id)),
    "--yes",
    ...(live ? ["--stop"] : []),
    ...flags,
  ];
  return {
    key,
    label: live ? `stop and ${label}` : label,
    act: { do: "lines", lines: [words] },
    ...(live ? { danger: true as const } : {}),
  };
}
