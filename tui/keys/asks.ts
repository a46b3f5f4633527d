import { hasLiveRun } from "../../src/domain/display.ts";
import type { Shown } from "../../src/domain/group.ts";
import type { Act } from "../events.ts";
import { EMPTY_FIELD } from "../field.ts";
import { type State, selected, targets } from "../model.ts";
import { open } from "./binding.ts";

export function none(state: State): string | null {
  return targets(state).length === 0 ? "no dispatch is selected" : null;
}

/** For what is done to one alone: marks do not count. */
export function noOne(state: State): string | null {
  return selected(state) ? null : "no dispatch is selected";
}

export function busy(row: Shown): boolean {
  return row.view.queued !== null || hasLiveRun(row.view);
}

export function onOne(state: State, act: (row: Shown) => Act | null): Act | null {
  const row = selected(state);
  return row ? act(row) : null;
}

export function each(
  rows: readonly Shown[],
  words: (id: string, row: Shown) => readonly string[],
): Act | null {
  return rows.length === 0
    ? null
    : { do: "lines", lines: rows.map((row) => words(String(row.view.id), row)) };
}

export function ask(
  state: State,
  title: string,
  about: string,
  words: (id: string) => readonly string[],
): Act | null {
  const rows = targets(state);
  if (rows.length === 0) return null;
  const ids = rows.map((row) => String(row.view.id));
  return open({
    kind: "input",
    title: `${title} ${ids.join(", ")}`,
    about,
    field: EMPTY_FIELD,
    purpose: { kind: "line", lines: ids.map(words) },
  });
}

export function attach(state: State): Act | null {
  return onOne(state, ({ view }) => {
    if (!hasLiveRun(view)) return { do: "attach", id: view.id, stop: false };
    return open({
      kind: "confirm",
      title: `Attach to ${view.id}`,
      lines: [
        `${view.agent} is at work on it. To sit down at its session, its run is stopped first; its work stays as it is.`,
      ],
      choices: [
        { key: "y", label: "stop the run and attach", act: { do: "attach", id: view.id, stop: true } },
        { key: "n", label: "leave it alone", act: null },
      ],
      scroll: 0,
      ask: null,
    });
  });
}

export function upstream(state: State): Act | null {
  return each(targets(state), (id, { view }) => [view.status === "upstream" ? "resume" : "upstream", id]);
}

export function publish({ view }: Shown): Act {
  const id = String(view.id);
  const input = (title: string, words: readonly string[]): Act =>
    open({
      kind: "input",
      title,
      about: "The message of the commit that is made of everything that is not committed yet.",
      field: EMPTY_FIELD,
      purpose: { kind: "line", lines: [words] },
    });
  const lines = (...words: string[]): Act => ({ do: "lines", lines: [words] });
  const opened = view.pr !== null && view.pr.state === "open" ? `#${view.pr.number} is open` : null;
  const dirty = view.git?.dirty === true || (view.git?.untracked ?? 0) > 0;
  const settled = dirty ? null : "everything is committed";
  return open({
    kind: "menu",
    title: `Push ${id} ${view.branch ?? ""}`,
    at: 0,
    items: [
      { key: "p", label: "push", help: "push its branch", why: null, act: lines("push", id) },
      {
        key: "r",
        label: "pull request",
        help: "push and open a pull request",
        why: opened,
        act: lines("pr", id),
      },
      {
        key: "d",
        label: "draft",
        help: "push and open it as a draft",
        why: opened,
        act: lines("pr", id, "--draft"),
      },
      {
        key: "c",
        label: "commit, push",
        help: "commit what is not committed, then push",
        why: settled,
        act: input(`Commit and push ${id}`, ["push", id, "--commit="]),
      },
      {
        key: "m",
        label: "commit, PR",
        help: "the same, and open a pull request",
        why: settled ?? opened,
        act: input(`Commit and open a pull request for ${id}`, ["pr", id, "--commit="]),
      },
    ],
  });
}

export function post({ view }: Shown): Act {
  return open({
    kind: "confirm",
    title: `Post the review of ${view.id}`,
    lines: [`The review goes to pull request #${view.number} on GitHub, under your name, as one comment.`],
    choices: [
      { key: "y", label: "post it", act: { do: "lines", lines: [["review", String(view.id), "--post"]] } },
      { key: "n", label: "do not", act: null },
    ],
    scroll: 0,
    ask: null,
  });
}

export function clean(state: State): Act | null {
  if (state.list.entries[state.list.at]?.kind === "orphan" && state.list.marks.size === 0)
    return { do: "say", text: "clean --orphaned" };
  const ids = targets(state).map((row) => row.view.id);
  return ids.length === 0 ? null : { do: "clean", ids };
}

export function pageOf(row: Shown | null): string | null {
  return row ? (row.view.pr?.url ?? row.view.url) : null;
}
