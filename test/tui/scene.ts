import type { DashboardData } from "../../src/app/dashboard-data.ts";
import { fleet } from "../../src/domain/group.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import type { Event } from "../../tui/events.ts";
import { pressed } from "../../tui/keys.ts";
import { type State, start } from "../../tui/model.ts";
import { hashesOf, NO_NOTES, type Notes } from "../../tui/review/notes.ts";
import type { Diff } from "../../tui/review/patch.ts";
import { reduce } from "../../tui/state.ts";
import { aQuestion, aRun, aView, gitFacts, MINUTE, prFacts, T0 } from "../fixtures/builders.ts";

/** A moment of the fleet as the database would tell it. */
export function dataOf(
  views: readonly DispatchView[],
  more: Partial<DashboardData> = {},
  now = T0 + 30 * MINUTE,
): DashboardData {
  const orphans = more.orphans ?? [];
  return {
    fleet: fleet(views, orphans.length, now, { silenceMs: 60 * MINUTE }),
    projects: [
      { id: 1, title: "acme/app", path: "/srv/app", local: false, agent: null, trouble: null },
      { id: 2, title: "acme/api", path: "/srv/api", local: false, agent: null, trouble: null },
    ],
    orphans,
    heartbeat: { holder: "ana 1", lastFastAt: now, lastSlowAt: now },
    undoable: null,
    pageBase: null,
    now,
    ...more,
  };
}

/** Something of everything: who needs a person, who works, waits, is ready, is upstream. */
export function someViews(): DispatchView[] {
  return [failed(), ready(), working(), asking(), ...ofApi()];
}

function failed(): DispatchView {
  const at = T0 + 18 * MINUTE;
  return aView({
    id: 1,
    number: 51,
    title: "Retry uploads",
    status: "reviewing",
    outcome: "failed",
    failure: "agent",
    outcomeDetail: "exit code 1",
    outcomeAt: at,
    run: aRun({ id: 1, state: "failed", exitCode: 1, endedAt: at }),
  });
}

function ready(): DispatchView {
  const asOf = T0 + 29 * MINUTE;
  return aView({
    id: 2,
    status: "reviewing",
    outcome: "ok",
    outcomeAt: T0 + 20 * MINUTE,
    statusSince: T0 + 24 * MINUTE,
    title: "Fix login timeout",
    git: gitFacts({ commits: 2, files: 3, insertions: 85, deletions: 12, unpushed: 2, asOf }),
    pr: prFacts({ checks: "failing", asOf, since: T0 + 26 * MINUTE }),
  });
}

function working(): DispatchView {
  const run = aRun({
    id: 3,
    startedAt: T0 + 7 * MINUTE,
    lastOutputAt: T0 + 29 * MINUTE,
    stage: { name: "coding", since: T0 + 9 * MINUTE },
    progress: { tool: "edit: theme.css", words: "Reading the stylesheets." },
  });
  const git = gitFacts({ files: 1, insertions: 4, dirty: true, asOf: T0 + 29 * MINUTE });
  return aView({ id: 3, number: 43, title: "Dark mode", run, git });
}

function asking(): DispatchView {
  const question = aQuestion("Should an empty password be refused, or ask again?");
  const run = aRun({ id: 4, startedAt: T0 + 20 * MINUTE, lastOutputAt: T0 + 29 * MINUTE });
  return aView({ id: 4, number: 44, title: "Sign-up form", question, run });
}

function ofApi(): DispatchView[] {
  const api = { projectId: 2, project: "api", repo: "acme/api", projectPath: "/srv/api" };
  const title = "Make the tests faster";
  const queued = { runId: 9, place: 1, since: T0 + 28 * MINUTE };
  const since = T0 - 2 * 1440 * MINUTE;
  return [
    aView({
      id: 5,
      ...api,
      kind: "pr",
      number: 12,
      title: "Cache layer",
      status: "upstream",
      statusSince: since,
    }),
    aView({ id: 6, ...api, kind: "task", number: null, url: null, task: title, title, queued }),
  ];
}

/** The changes of dispatch 2 have been read. */
export function reviewing(diff: Diff, notes: Notes = NO_NOTES): Event {
  return {
    type: "reviewing",
    id: 2,
    scope: "base",
    diff,
    whole: hashesOf(diff),
    head: "c1",
    from: null,
    notes,
  };
}

export const SIZES = [
  [200, 50],
  [120, 30],
  [80, 24],
  [60, 15],
  [20, 5],
] as const;

export type Play = {
  readonly state: State;
  /** Events after one another. */
  readonly after: (...events: readonly Event[]) => Play;
  /** Keys; acts that need the outside are left out. */
  readonly keys: (...keys: readonly string[]) => Play;
};

/** A state to play with: no terminal, no database. */
export function play(width: number, height: number, data = dataOf(someViews())): Play {
  return of(reduce(start({ width, height }, "dark"), { type: "loaded", data }));
}

function of(state: State): Play {
  return {
    state,
    after: (...events) => of(events.reduce(reduce, state)),
    keys: (...keys) => of(keys.reduce(press, state)),
  };
}

function press(state: State, key: string): State {
  const act = pressed(state, key);
  if (act === null || "why" in act) return state;
  const events = act.do === "all" ? act.acts : [act];
  return events.reduce((at, one) => (one.do === "event" ? reduce(at, one.event) : at), state);
}
