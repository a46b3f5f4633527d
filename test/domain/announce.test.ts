import { describe, expect, test } from "bun:test";
import {
  type Announcement,
  ASKING_FACTS,
  announce,
  announcementKey,
  announcementLine,
  DONE_FACTS,
  type JournalRow,
} from "../../src/domain/announce.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import { OUTCOMES } from "../../src/domain/words.ts";
import { aQuestion, aRun, aView, gitFacts, MINUTE, prFacts, T0, targetFacts } from "../fixtures/builders.ts";
import { random } from "../fixtures/random.ts";
import { someView } from "../fixtures/views.ts";

const limits = { silenceMs: 15 * MINUTE };

function row(over: Partial<JournalRow> = {}): JournalRow {
  return {
    id: 900,
    at: T0,
    actor: "rally",
    layer: "dispatch",
    projectId: 1,
    dispatchId: 7,
    runId: 12,
    event: "session_ended",
    from: "implementing",
    to: "reviewing",
    why: null,
    data: null,
    ...over,
  };
}

const fact = (event: string, at = T0): JournalRow => row({ layer: "fact", event, from: null, to: null, at });
const ended = aRun({ state: "exited", startedAt: T0 - 372_000, endedAt: T0 });
const reviewed = (over: Partial<DispatchView>): DispatchView =>
  aView({ status: "reviewing", run: ended, ...over });
const say = (given: JournalRow, view: DispatchView | null): string | null => {
  const told = announce(given, view, limits);
  return (
    told && `${told.kind}: ${announcementLine(told)} [${told.offers.map((offer) => offer.line).join(" · ")}]`
  );
};

describe("the end of a session", () => {
  const cases: [string, DispatchView, string | null][] = [
    [
      "ok: ready for review",
      reviewed({ outcome: "ok", git: gitFacts({ commits: 1, files: 3, insertions: 85, deletions: 12 }) }),
      "ready: 🟡 ready for review · #42 Fix login · +85 −12 · 6m 12s [diff 7 · pr 7 · continue 7 · upstream 7 · clean 7]",
    ],
    [
      "ok, with a pull request that is open: none is offered",
      reviewed({ outcome: "ok", pr: prFacts() }),
      "ready: 🟡 ready for review · #42 Fix login · 6m 12s [diff 7 · continue 7 · upstream 7 · clean 7]",
    ],
    [
      "ok, of a review",
      reviewed({ outcome: "ok", kind: "pr", number: 12, title: "Cache layer" }),
      "ready: 🟡 ready for review · PR #12 Cache layer · 6m 12s [diff 7 · review 7 · continue 7 · upstream 7 · clean 7]",
    ],
    [
      "failed: why",
      reviewed({ outcome: "failed", failure: "quota", outcomeDetail: "out of credit\nmore" }),
      "failed: 🔴 failed · #42 Fix login · quota: out of credit · 6m 12s [log 7 · retry 7 · continue 7 · clean 7]",
    ],
    [
      "lost",
      reviewed({ outcome: "lost", number: null, kind: "task", title: "Tidy the docs" }),
      "failed: 🔴 died without a word · task 7 Tidy the docs · 6m 12s [log 7 · retry 7 · continue 7 · clean 7]",
    ],
    [
      "empty",
      reviewed({ outcome: "empty" }),
      "needs_you: 🔴 changed nothing · #42 Fix login · 6m 12s [log 7 · continue 7 · clean 7]",
    ],
    [
      "asked: the question was told when it was asked",
      reviewed({ outcome: "asked", question: aQuestion() }),
      null,
    ],
    ["interrupted: who stopped it knows", reviewed({ outcome: "interrupted" }), null],
    ["another run is live by now", reviewed({ outcome: "ok", run: aRun({ id: 13 }) }), null],
    [
      "another run waits by now",
      reviewed({ outcome: "ok", queued: { runId: 13, place: 1, since: T0 } }),
      null,
    ],
    ["another run has ended by now", reviewed({ outcome: "ok", run: { ...ended, id: 13 } }), null],
    ["it is merged by now", reviewed({ outcome: "ok", pr: prFacts({ state: "merged" }) }), null],
  ];
  for (const [what, view, words] of cases) test(what, () => expect(say(row(), view)).toBe(words));
});

describe("facts", () => {
  const cases: [string, JournalRow, DispatchView, string | null][] = [
    [
      "a question",
      fact("asked"),
      aView({ question: aQuestion("Which port?\nNow."), run: aRun() }),
      "needs_you: ❓ needs you · #42 Fix login · copilot asks: Which port? [answer 7 · log 7 · clean 7]",
    ],
    ["a question that was answered by now", fact("asked"), aView({ run: aRun() }), null],
    [
      "checks that fail",
      fact("ci"),
      reviewed({ outcome: "ok", pr: prFacts({ checks: "failing" }) }),
      "needs_you: 🔴 needs you · #42 Fix login · checks of pull request #57 fail [continue 7 --from-pr · log 7 · clean 7]",
    ],
    ["checks that pass by now", fact("ci"), reviewed({ pr: prFacts({ checks: "passing" }) }), null],
    [
      "a target that was closed",
      fact("closed"),
      reviewed({ outcome: "ok", target: targetFacts({ state: "closed" }) }),
      "needs_you: 🔴 needs you · #42 Fix login · issue #42 was closed [clean 7 · log 7]",
    ],
    [
      "silence",
      fact("stalled", T0 + 15 * MINUTE),
      aView({ run: aRun() }),
      "needs_you: 🔴 needs you · #42 Fix login · copilot lives, but has said nothing for 15 min [stop 7 · log 7 · clean 7]",
    ],
    [
      "a branch that was switched: the hint is for a shell",
      fact("branch_moved"),
      reviewed({ outcome: "ok", git: gitFacts({ branchNow: "mine" }) }),
      "needs_you: 🔴 needs you · #42 Fix login · its worktree is on mine, not on rally/42-fix-login [log 7 · clean 7]",
    ],
    [
      "the merge",
      fact("merged"),
      reviewed({ outcome: "ok", pr: prFacts({ state: "merged" }) }),
      "done: ✅ done · #42 Fix login [clean 7]",
    ],
    [
      "a merge that is none of its own",
      fact("merged"),
      reviewed({ target: targetFacts({ state: "merged" }) }),
      null,
    ],
    ["a push", fact("pushed"), reviewed({ outcome: "ok" }), null],
    ["a run's own row", row({ layer: "run", event: "exit" }), reviewed({ outcome: "ok" }), null],
    ["another dispatch's row", row({ dispatchId: 8 }), reviewed({ outcome: "ok" }), null],
  ];
  for (const [what, given, view, words] of cases) test(what, () => expect(say(given, view)).toBe(words));

  test("nothing is said about a dispatch that was cleaned", () => expect(say(row(), null)).toBeNull());
});

describe("under upstream", () => {
  const told = (given: JournalRow, over: Partial<DispatchView>): boolean =>
    announce(given, reviewed({ ...over, status: "upstream" }), limits) !== null;

  test("only failures and questions are told, and the merge that it waited for", () => {
    const heard = OUTCOMES.filter((outcome) => told(row({ from: "upstream", to: "upstream" }), { outcome }));
    expect(heard).toEqual(["empty", "failed", "lost"]);
    expect(told(fact("asked"), { question: aQuestion() })).toBeTrue();
    expect(told(fact("ci"), { pr: prFacts({ checks: "failing" }) })).toBeFalse();
    expect(told(fact("closed"), { target: targetFacts({ state: "closed" }) })).toBeFalse();
    expect(told(fact("merged"), { pr: prFacts({ state: "merged" }) })).toBeTrue();
  });
});

describe("keys", () => {
  const ready = announce(row(), reviewed({ outcome: "ok" }), limits) as Announcement;

  test("invariant 10: the same row has the same key in a room, another row or room another", () => {
    const again = announce(row(), reviewed({ outcome: "ok" }), limits) as Announcement;
    expect(announcementKey(again, "desktop")).toBe(announcementKey(ready, "desktop"));
    expect(announcementKey(ready, "desktop")).toBe("announce:7:900:desktop");
    expect(announcementKey(ready, "slack:C1")).not.toBe(announcementKey(ready, "desktop"));
    expect(announcementKey({ ...ready, journalId: 901 }, "desktop")).not.toBe(
      announcementKey(ready, "desktop"),
    );
  });

  test("what is done is told once, though the merge was seen twice", () => {
    const merged = reviewed({ pr: prFacts({ state: "merged" }) });
    const keys = DONE_FACTS.map((event, i) => announce({ ...fact(event), id: 900 + i }, merged, limits)).map(
      (told) => told && announcementKey(told, "desktop"),
    );
    expect(new Set(keys)).toEqual(new Set(["announce:7:done:desktop"]));
  });
});

test("whatever the facts, what is said is one line with offers that name the dispatch", () => {
  const events = [...Object.keys(ASKING_FACTS), ...DONE_FACTS, "session_ended"];
  let said = 0;
  for (let seed = 0; seed < 5000; seed++) {
    const r = random(seed);
    const event = r.pick(events);
    const given = event === "session_ended" ? row() : fact(event, T0 + r.int(2) * 20 * MINUTE);
    const told = announce(given, someView(r, 7), limits);
    if (!told) continue;
    said++;
    expect(announcementLine(told)).not.toContain("\n");
    for (const offer of told.offers) expect(offer.line).toMatch(/^\w+ 7( |$)|^doctor$/);
  }
  expect(said).toBeGreaterThan(500);
});
