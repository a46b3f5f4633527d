import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { offersOf } from "../../src/app/offers.ts";
import { DISPLAY_REASONS, showReply } from "../../src/app/show-lines.ts";
import { statusJson } from "../../src/app/status-json.ts";
import { statusReply } from "../../src/app/status-lines.ts";
import { statusSchema, statusSchemaFile } from "../../src/app/status-schema.ts";
import { print } from "../../src/cli/print.ts";
import { roleOf } from "../../src/domain/command.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { DISPLAY_RULES } from "../../src/domain/display.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { fleet, shown } from "../../src/domain/group.ts";
import type { DispatchView } from "../../src/domain/view.ts";
import { fakeTerminal, PLAIN } from "./fake-terminal.ts";
import { randomView } from "./random-view.ts";
import { git, live, MINUTE, NOW, pr, run, sampleViews, statusInput, view } from "./views.ts";

const LIMITS = { silenceMs: 15 * MINUTE };

async function text(reply: Parameters<typeof print>[0], width: number | null): Promise<string> {
  const { terminal, printed } = fakeTerminal({ width });
  await print(reply, terminal, PLAIN);
  return printed.out;
}

describe("the list", () => {
  for (const width of [60, 80, 120])
    test(`at ${width} columns`, async () => {
      const input = statusInput(sampleViews(), {
        orphans: [
          {
            project: "app",
            worktree: "/srv/app/.worktrees/rally-9",
            branch: "rally/9-x",
            dirty: true,
            unpushed: 1,
          },
        ],
        foreign: [{ worktree: "/srv/app/.worktrees/mine", why: "another tool made it" }],
      });
      const expected = readFileSync(join(import.meta.dir, `status-${width}.txt`), "utf8");
      expect(await text(statusReply({ ...input, leftOut: 3 }), width)).toBe(expected);
    });

  test("no row is wider than the terminal, from 60 to 200", async () => {
    for (let width = 60; width <= 200; width += 5) {
      const orphans = [
        { project: "app", worktree: "/srv/app/.worktrees/rally-9", branch: null, dirty: true, unpushed: 1 },
      ];
      const printed = await text(
        statusReply({ ...statusInput(sampleViews(), { orphans }), leftOut: 3 }),
        width,
      );
      for (const line of printed.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  test("into a pipe nothing is cut", async () => {
    expect(await text(statusReply(statusInput(sampleViews())), null)).toContain(
      "Retry uploads when the connection is lost in the middle",
    );
  });

  test("nobody watches is a warning where something goes on", () => {
    const nobody = { heartbeat: { holder: null, lastFastAt: null, lastSlowAt: null } };
    const last = (views: DispatchView[]) => statusReply(statusInput(views, nobody)).text.at(-1);
    expect(JSON.stringify(last([view({ status: "implementing", outcome: null, run: live() })]))).toMatch(
      /nobody watches.*warn.*rally up/,
    );
    expect(JSON.stringify(last([view()]))).toMatch(/nobody watches.*dim.*rally up/);
  });

  test("a watcher that has not looked for long is a warning", () => {
    const heartbeat = { holder: "desk:1", lastFastAt: NOW - 10 * MINUTE, lastSlowAt: null };
    expect(JSON.stringify(statusReply(statusInput([], { heartbeat })).text.at(-1))).toMatch(
      /looked 10m ago.*warn/,
    );
  });

  test("with nothing in it, it says what to type", async () => {
    expect(await text(statusReply(statusInput([])), 80)).toStartWith(
      'Nothing is dispatched in 2 projects.\nBegin with rally dispatch 42 or rally dispatch task "…".\n',
    );
    expect(await text(statusReply(statusInput([], { projects: [] })), 80)).toStartWith(
      "No project yet.\nBegin with rally onboard . in a repository.\n",
    );
  });

  test("a title cannot write where it does not belong", async () => {
    const title = "x\u001b[2J\u001b]0;t\u0007\nsecond line\u202e";
    const printed = await text(statusReply(statusInput([view({ title })])), null);
    expect(printed).toContain("x second line");
    for (const harm of ["\u001b", "\u0007", "\u202e"]) expect(printed).not.toContain(harm);
  });

  test("invariant 34: each count of the header is the length of its list", async () => {
    const printed = await text(statusReply(statusInput(sampleViews())), 120);
    const rows = printed.split("\n").slice(2);
    expect(printed.split("\n")[0]).toBe("2 need you · 1 working · 1 queued · 1 ready · 1 upstream");
    for (const [icon, count] of [
      ["⏳", 1],
      ["⏱️", 1],
      ["🟡", 1],
      ["⏸️", 1],
    ] as const)
      expect(rows.filter((line) => line.startsWith(`  ${icon}`))).toHaveLength(count);
    expect(rows.filter((line) => line.includes("→ rally ") && line.startsWith("      "))).toHaveLength(2);
  });
});

describe("the JSON", () => {
  test("of random fleets is as the schema says", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const views = Array.from({ length: seed % 5 }, (_, index) => randomView(seed * 100 + index));
      const result = statusSchema.safeParse(JSON.parse(JSON.stringify(statusJson(statusInput(views)))));
      expect(result.error?.issues ?? []).toEqual([]);
    }
  });

  test("a value that the schema does not know is seen", () => {
    const json = JSON.parse(JSON.stringify(statusJson(statusInput([view()]))));
    expect(statusSchema.safeParse({ ...json, more: 1 }).success).toBe(false);
    json.dispatches[0].display = "dead";
    expect(statusSchema.safeParse(json).success).toBe(false);
  });

  test("has exactly the keys that are documented", () => {
    const json = statusJson(statusInput([view({ pr: pr() })]));
    expect(json.dispatches[0]).toMatchObject({
      id: 7,
      repo: "acme/app",
      display: "ready",
      stage: { name: "pr_testing", declared: false, since: "2026-01-15T11:55:00.000Z" },
      run: { exit_code: 0, started_at: "2026-01-15T11:48:00.000Z", usage: { cost_usd: 0.31 } },
      changes: { insertions: 85, unpushed: 2, as_of: "2026-01-15T11:59:55.000Z" },
      pr: { number: 57, checks: "passing" },
    });
    expect(json.counts).toEqual({
      ...Object.fromEntries(
        "done upstream asking working queued needs_you pushed stopped implementing orphaned attention"
          .split(" ")
          .map((key) => [key, 0]),
      ),
      ready: 1,
    } as typeof json.counts);
  });

  test("docs/status.schema.json is what the code says (else: bun test/docs/status-schema.ts)", () => {
    expect(readFileSync(join(import.meta.dir, "../../docs/status.schema.json"), "utf8")).toBe(
      statusSchemaFile(),
    );
  });
});

describe("show", () => {
  test("says which rule won, and why, for every display", () => {
    expect(DISPLAY_REASONS).toHaveLength(DISPLAY_RULES.length);
    const cases: readonly (readonly [Partial<DispatchView>, string])[] = [
      [{ pr: pr({ state: "merged" }) }, "done: it is merged, or all of it is in the base (rule 1 of 11)"],
      [{ status: "upstream" }, "waiting on upstream: a person said that it waits on upstream (rule 2 of 11)"],
      [
        { question: { id: 1, runId: 12, text: "?", context: null, since: NOW } },
        "needs your answer: a question is open (rule 3",
      ],
      [{ run: live() }, "copilot working: a run is live (rule 4"],
      [{ queued: { runId: 13, place: 2, since: NOW } }, "queued (2): a run waits in line (rule 5"],
      [
        { outcome: "lost" },
        "lost: needs you: the session has ended, and neither well nor because a person stopped it (rule 6",
      ],
      [{ pr: pr() }, "ready for review: a pull request of its own is open, and no draft (rule 7"],
      [{ git: git({ pushed: 1 }) }, "pushed: commits of its own are pushed (rule 8"],
      [{}, "ready for review: the session has ended well (rule 9"],
      [
        { outcome: "interrupted", run: run({ stopBy: "cli:ana" }) },
        "stopped by cli:ana: a person stopped it (rule 10",
      ],
      [{ status: "implementing", outcome: null, run: null }, "implementing: no other rule holds (rule 11"],
    ];
    for (const [more, sentence] of cases)
      expect(String(showReply(shown(view(more), NOW, LIMITS), NOW).text[1])).toContain(sentence);
  });

  test("tells every fact, with its age", async () => {
    const all = view({
      outcome: "failed",
      failure: "network",
      outcomeDetail: "no route",
      run: run({ state: "failed", exitCode: 1, progress: { tool: "bash", words: "running tests" } }),
      git: git({ dirty: true, untracked: 2, branchNow: "main" }),
      pr: pr({ draft: true, checks: "failing", conflict: true, changesRequested: true }),
      undelivered: [{ kind: "notify", since: NOW - MINUTE, error: "no display" }],
    });
    const printed = await text(showReply(shown(all, NOW, LIMITS), NOW), null);
    for (const fact of [
      "failed: needs you",
      "failed (network): no route",
      "12: worker, attempt 1, failed, took 6m 0s, ended 6m ago",
      "pid 4242",
      "code 1",
      "/home/ana/rally/runs/12/log, written 6m ago",
      "bash: running tests",
      "12000 tokens in, 3400 out, $0.31",
      "2 commits, 0 pushed, 2 unpushed (5s ago)",
      "3 files +85 −12*",
      "uncommitted changes, 2 untracked files",
      "#57 open, draft, checks failing, conflicts with its base, changes requested (20s ago) https://",
      "#42 open (1m ago)",
      "notify: no display (1m)",
      "origin/main at 0123456789",
      "! its worktree is on main",
    ])
      expect(printed).toContain(fact);
  });

  test("is there for what has no facts yet", async () => {
    const bare = view({
      run: null,
      git: null,
      target: null,
      outcome: null,
      status: "implementing",
      branch: null,
      worktree: null,
      url: null,
      base: null,
    });
    const printed = await text(showReply(shown(bare, NOW, LIMITS), NOW), 80);
    for (const fact of ["none yet", "not looked at yet", "no run has ended"]) expect(printed).toContain(fact);
  });

  test("its JSON can be written for every view", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const row = shown(randomView(seed), NOW, LIMITS);
      const json = JSON.parse(JSON.stringify(showReply(row, NOW).json));
      expect(json.rule.number).toBeGreaterThan(0);
      expect(json.display).toBe(row.display);
    }
  });
});

test("every offer is a line that the grammar understands, for each state", () => {
  for (let seed = 1; seed <= 300; seed++)
    for (const offer of offersOf(shown(randomView(seed), NOW, LIMITS))) {
      const line = offer.takesText ? `${offer.line} some words` : offer.line;
      const parsed = parseLine(COMMANDS, line, { surface: "chat" });
      expect(roleOf(parsed.command, parsed.flags)).not.toBe("admin");
    }
});

test("a list of 1,000 is quick", () => {
  const views = Array.from({ length: 1000 }, (_, index) => ({ ...randomView(index + 1), id: index + 1 }));
  const started = Bun.nanoseconds();
  statusJson({ ...statusInput([]), fleet: fleet(views, 0, NOW, LIMITS) });
  expect((Bun.nanoseconds() - started) / 1e6).toBeLessThan(100);
});
