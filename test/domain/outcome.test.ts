import { describe, expect, test } from "bun:test";
import { type Ended, type Ending, NOTHING_READ, outcome, type Reading } from "../../src/domain/outcome.ts";
import { KINDS, OUTCOMES, RUN_STATES } from "../../src/domain/words.ts";
import { anEnding } from "../fixtures/builders.ts";

const read = (over: Partial<Reading>): Reading => ({ ...NOTHING_READ, ...over });
const EMPTY = { outcome: "empty", failure: null, detail: null } as const;
const FAILED = { outcome: "failed", failure: "quota", detail: "out of credit" } as const;
const failure = { kind: "quota", message: "out of credit" } as const;
const end = (over: Partial<Ending>): Ended => outcome(anEnding(over));

describe("how it ended, the first that speaks", () => {
  const cases: [string, Partial<Ending>, Partial<Ended>][] = [
    [
      "a limit of ours",
      { limit: "too long", stopBy: "rally", exitCode: 143 },
      { outcome: "failed", failure: "limit", detail: "too long" },
    ],
    [
      "a person's stop, whatever the agent says",
      { stopBy: "cli:ana", reading: read({ verdict: "ok" }) },
      { state: "interrupted", outcome: "interrupted", detail: "stopped by cli:ana" },
    ],
    [
      "a person's stop, without an exit record",
      { stopBy: "cli:ana", exitCode: null },
      { outcome: "interrupted" },
    ],
    [
      "a last event that failed, exit code 0",
      { reading: read({ verdict: "failed", failure }) },
      { state: "failed", outcome: "failed", failure: "quota", detail: "out of credit" },
    ],
    [
      "an abort, exit code 0",
      { reading: read({ verdict: "aborted" }) },
      { outcome: "failed", failure: "agent", detail: "aborted" },
    ],
    ["a failure and no last event", { reading: read({ failure }) }, { outcome: "failed", failure: "quota" }],
    [
      "a failure that it got over",
      { reading: read({ failure, verdict: "ok" }) },
      { outcome: "ok", failure: null },
    ],
    ["no exit record", { exitCode: null }, { state: "lost", outcome: "lost" }],
    [
      "no exit record, though it said that all is well",
      { exitCode: null, reading: read({ verdict: "ok" }) },
      { outcome: "lost" },
    ],
    [
      "an exit code",
      { exitCode: 7, reading: read({ verdict: "ok" }) },
      { state: "failed", outcome: "failed", failure: "agent", detail: "exit code 7" },
    ],
    ["a question that nobody answered", { questionOpen: true }, { state: "exited", outcome: "asked" }],
    ["a question, nothing changed", { questionOpen: true, hasWork: false }, { outcome: "asked" }],
    ["nothing changed", { hasWork: false }, { state: "exited", outcome: "empty" }],
    [
      "nothing changed, and tools denied",
      { hasWork: false, reading: read({ denials: ["shell", "shell", "web"] }) },
      { outcome: "empty", detail: "not allowed: shell, web" },
    ],
    ["a clean end with work", {}, { state: "exited", outcome: "ok", failure: null, detail: null }],
    ["a person sat at it, nothing changed", { attached: true, hasWork: false }, { outcome: "ok" }],
    ["a person sat at it and left by a key", { attached: true, exitCode: 130 }, { outcome: "ok" }],
    ["a person closed the terminal", { attached: true, exitCode: 129 }, { outcome: "ok" }],
    ["a person sat at it and the terminal died", { attached: true, exitCode: null }, { outcome: "lost" }],
    [
      "a person sat at it and it failed",
      { attached: true, exitCode: 1 },
      { state: "failed", outcome: "failed", failure: "agent", detail: "exit code 1" },
    ],
    [
      "a person sat at what was empty, and nothing changed",
      { attached: true, hasWork: false, earlier: EMPTY },
      { state: "exited", outcome: "empty" },
    ],
    [
      "a person sat at what had failed, and nothing is there still",
      { attached: true, hasWork: false, earlier: FAILED },
      { state: "exited", outcome: "failed", failure: "quota", detail: "out of credit" },
    ],
    [
      "a person sat at what had failed, and now there is work",
      { attached: true, earlier: FAILED },
      { state: "exited", outcome: "ok", failure: null, detail: null },
    ],
    [
      "a person sat at what had asked, and the question is answered",
      { attached: true, hasWork: false, earlier: { outcome: "asked", failure: null, detail: null } },
      { outcome: "ok" },
    ],
    ["what was empty before says nothing of a later run", { earlier: EMPTY }, { outcome: "ok" }],
  ];
  for (const [what, given, expected] of cases) test(what, () => expect(end(given)).toMatchObject(expected));
});

test("every combination has one outcome, a failure exactly where it failed, and empty never when attached", () => {
  let all = 0;
  for (const ending of everyEnding()) {
    all++;
    const found = outcome(ending);
    expect(OUTCOMES).toContain(found.outcome);
    expect(RUN_STATES).toContain(found.state);
    expect(found.failure !== null).toBe(found.outcome === "failed");
    const stands = ending.attached && found.state === "exited" && found.outcome === ending.earlier?.outcome;
    if (!stands) expect(found.state === "exited").toBe(["ok", "asked", "empty"].includes(found.outcome));
    if (ending.attached && ending.earlier?.outcome !== "empty") expect(found.outcome).not.toBe("empty");
    if (ending.limit) expect(found.failure).toBe("limit");
    else if (ending.stopBy) expect(found.outcome).toBe("interrupted");
    else if (found.outcome === "ok")
      expect(ending.exitCode === 0 || (ending.attached && ending.exitCode === 143)).toBeTrue();
  }
  expect(all).toBe(3 * 2 * 2 * 4 * 8 * 2 * 2 * 2 * 3);
});

function* everyEnding(): Generator<Ending> {
  const verdicts = [null, "ok", "failed", "aborted"] as const;
  const readings = verdicts.flatMap((verdict) => [read({ verdict }), read({ verdict, failure })]);
  const both = [true, false];
  for (const kind of KINDS)
    for (const limit of [null, "too long"])
      for (const stopBy of [null, "cli:ana"])
        for (const exitCode of [null, 0, 1, 143])
          for (const reading of readings)
            for (const questionOpen of both)
              for (const hasWork of both)
                for (const attached of both)
                  for (const earlier of [null, EMPTY, FAILED])
                    yield {
                      kind,
                      limit,
                      stopBy,
                      exitCode,
                      reading,
                      questionOpen,
                      hasWork,
                      attached,
                      earlier,
                    };
}
