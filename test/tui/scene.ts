import type { DashboardData } from "../../src/app/dashboard-data.ts";
import { fleet } from "../../src/domain/group.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import type { Event } from "../../tui/events.ts";
import { pressed } from "../../tui/keys.ts";
import { type State, start } from "../../tui/model.ts";
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
    now,
    ...more,
  };
}

/** Something of everything: who needs a person, who works, waits, is ready, is upstream. */
export function someViews(): DispatchView[] {
  const api = { projectId: 2, project: "api", repo: "acme/api", projectPath: "/srv/api" };
  const ended = { status: "reviewing", outcome: "ok", outcomeAt: T0 + 20 * MINUTE } as const;
  return [
    aView({
      id: 1,
      number: 51,
      title: "Retry uploads",
      status: "reviewing",
      outcome: "failed",
      failure: "agent",
      outcomeDetail: "exit code 1",
      outcomeAt: T0 + 18 * MINUTE,
      run: aRun({ id: 1, state: "failed", exitCode: 1, startedAt: T0, endedAt: T0 + 18 * MINUTE }),
    }),
    aView({
      id: 2,
      ...ended,
      statusSince: T0 + 24 * MINUTE,
      title: "Fix login timeout",
      git: gitFacts({
        commits: 2,
        files: 3,
        insertions: 85,
        deletions: 12,
        unpushed: 2,
        asOf: T0 + 29 * MINUTE,
      }),
      pr: prFacts({ checks: "failing", asOf: T0 + 29 * MINUTE, since: T0 + 26 * MINUTE }),
    }),
    aView({
      id: 3,
      number: 43,
      title: "Dark mode",
      run: aRun({
        id: 3,
        startedAt: T0 + 7 * MINUTE,
        lastOutputAt: T0 + 29 * MINUTE,
        stage: { name: "coding", since: T0 + 9 * MINUTE },
        progress: { tool: "edit: theme.css", words: "Reading the stylesheets." },
      }),
      git: gitFacts({ files: 1, insertions: 4, dirty: true, asOf: T0 + 29 * MINUTE }),
    }),
    aView({
      id: 4,
      number: 44,
      title: "Sign-up form",
      question: aQuestion("Should an empty password be refused, or ask again?"),
      run: aRun({ id: 4, startedAt: T0 + 20 * MINUTE, lastOutputAt: T0 + 29 * MINUTE }),
    }),
    aView({
      id: 5,
      kind: "pr",
      ...api,
      number: 12,
      title: "Cache layer",
      status: "upstream",
      statusSince: T0 - 2 * 1440 * MINUTE,
    }),
    aView({
      id: 6,
      ...api,
      kind: "task",
      number: null,
      url: null,
      task: "Make the tests faster",
      title: "Make the tests faster",
      queued: { runId: 9, place: 1, since: T0 + 28 * MINUTE },
    }),
  ];
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
