import type { DispatchView } from "../../src/domain/view.ts";
import {
  CHECKS,
  FAILURES,
  KINDS,
  OUTCOMES,
  PR_STATES,
  RUN_ROLES,
  RUN_STATES,
  STAGES,
  STATUSES,
} from "../../src/domain/words.ts";
import { git, MINUTE, NOW, pr, run, view } from "./views.ts";

/** Any combination of facts, sensible or not. */
export function randomView(seed: number): DispatchView {
  let state = seed * 2_654_435_761;
  const random = () => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state;
  };
  const of = <T>(list: readonly T[]): T => list[random() % list.length] as T;
  const maybe = <T>(value: T): T | null => (random() % 2 === 0 ? value : null);
  const time = () => NOW - (random() % (3 * 1440)) * MINUTE;
  return view({
    id: 1 + (random() % 1000),
    repo: maybe("acme/app"),
    kind: of(KINDS),
    number: maybe(1 + (random() % 100)),
    status: of(STATUSES),
    outcome: maybe(of(OUTCOMES)),
    failure: maybe(of(FAILURES)),
    outcomeAt: maybe(time()),
    run: maybe(
      run({
        role: of(RUN_ROLES),
        state: of(RUN_STATES),
        pid: maybe(42),
        exitCode: maybe(random() % 256),
        startedAt: maybe(time()),
        endedAt: maybe(time()),
        lastOutputAt: maybe(time()),
        stage: maybe({ name: of(STAGES), since: time() }),
        usage: maybe({ inputTokens: 1, outputTokens: 2, costUsd: maybe(0.5) }),
      }),
    ),
    queued: maybe({ runId: 3, place: 1 + (random() % 9), since: time() }),
    question: maybe({ id: 1, runId: 12, text: "Which?", context: null, since: time() }),
    git: maybe(
      git({
        dirty: random() % 2 === 0,
        pushed: random() % 3,
        inBase: random() % 5 === 0,
        worktreeExists: random() % 4 !== 0,
      }),
    ),
    pr: maybe(pr({ state: of(PR_STATES), checks: of(CHECKS), draft: random() % 2 === 0, since: time() })),
    target: maybe({
      asOf: time(),
      state: of(["open", "closed", "merged"] as const),
      head: maybe("a"),
      reviewedHead: maybe("b"),
      since: time(),
    }),
    undelivered: random() % 5 === 0 ? [{ kind: "notify", since: time(), error: "no" }] : [],
  });
}
