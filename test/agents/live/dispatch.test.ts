import { describe, expect, test } from "bun:test";
import type { Script } from "../../../src/agents/scripted/step.ts";
import { type CliName, cliBin } from "./clis.ts";
import { type Desk, openDesk } from "./desk.ts";

/**
 * The real agents through `rally dispatch`, in a linked worktree, with the walls that this machine has and without.
 * What an agent's argv and its output mean is tested beside this; here it is what Rally says in the end.
 */
const WANTED = process.env.RALLY_LIVE_AGENTS?.split(",").map((name) => name.trim());
const NAMES = (["copilot", "claude", "codex"] as const).filter((name) => WANTED?.includes(name) ?? true);
const LIMIT_MS = 120_000;

const EDIT: Script = [
  { write: "hello.txt", content: "hello\n" },
  { sh: "git add -A && git commit -qm 'Say hello'" },
  { say: "I wrote it." },
];
const LEAVE: Script = [
  { write: "left.txt", content: "left\n" },
  { sh: "git add -A && git commit -qm Leave && (sleep 300 >/dev/null 2>&1 </dev/null &)" },
  { say: "Done." },
];

async function at(name: CliName, script: Script, body: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await openDesk(name, script);
  try {
    await body(desk);
    expect(desk.marked()).toEqual([]);
  } finally {
    await desk.close();
  }
}

const dispatched = (name: CliName, ...more: string[]) => [
  "dispatch",
  "task",
  "Say hello",
  "--agent",
  name,
  ...more,
];

for (const name of NAMES) {
  if (!cliBin(name)) {
    console.log(`${name}: not dispatched to, it is absent: bun test/agents/live/install.ts ${name}`);
    continue;
  }
  describe(`rally dispatch to the real ${name}`, () => {
    for (const sandbox of ["auto", "none"])
      test(
        `edits and commits: ready for review, sandbox ${sandbox}`,
        () =>
          at(name, EDIT, async (desk) => {
            await desk.rally(...dispatched(name, "--sandbox", sandbox, "--wait"));
            const { display, outcome, run, branch } = await desk.shown(1);
            expect([display, outcome, run?.exit_code]).toEqual(["ready", "ok", 0]);
            expect(desk.git("log", "-1", "--format=%s by %an", branch ?? "")).toBe("Say hello by Ana");
            expect(desk.git("status", "--short")).toBe("");
          }),
        LIMIT_MS,
      );

    test(
      "goes on in the same session",
      () =>
        at(name, EDIT, async (desk) => {
          await desk.rally(...dispatched(name, "--wait"));
          const { run: first } = await desk.shown(1);
          await desk.rally("continue", "1", "say it again");
          await desk.until("the second run has ended", async () => {
            const { run, display } = await desk.shown(1);
            return run?.attempt === 2 && display === "ready";
          });
          expect((await desk.shown(1)).run?.session).toBe(first?.session ?? "");
        }),
      LIMIT_MS,
    );

    test(
      "has no login: failed, and a person is asked for",
      () =>
        at(name, [{ error: 401 }], async (desk) => {
          await desk.rally(...dispatched(name, "--wait"));
          const { display, outcome, failure, attention } = await desk.shown(1);
          expect([display, outcome, failure]).toEqual(["needs_you", "failed", "auth"]);
          expect(attention.map((one) => one.code)).toEqual(["failed"]);
        }),
      LIMIT_MS,
    );

    test(
      "invariant 7: hangs and is working, until it is stopped by a person",
      () =>
        at(name, [{ hang: true }], async (desk) => {
          await desk.rally(...dispatched(name));
          await desk.until("it works", async () => (await desk.shown(1)).run?.state === "running");
          expect((await desk.shown(1)).display).toBe("working");
          expect((await desk.rally("stop", "1")).exit).toBe(0);
          const { display, outcome } = await desk.shown(1);
          expect([display, outcome]).toEqual(["stopped", "interrupted"]);
        }),
      LIMIT_MS,
    );

    test(
      "invariant 13: is killed with all its own: it died without a word, and is told so",
      () =>
        at(name, [{ hang: true }], async (desk) => {
          await desk.rally(...dispatched(name, "--sandbox", "none"));
          await desk.until("it works", async () => (await desk.shown(1)).run?.state === "running");
          desk.killAll();
          await desk.until("it is seen", async () => (await desk.shown(1)).display === "needs_you");
          expect((await desk.shown(1)).outcome).toBe("lost");
        }),
      LIMIT_MS,
    );

    test(
      "leaves a process behind: it is stopped, and the work is ready",
      () =>
        at(name, LEAVE, async (desk) => {
          await desk.rally(...dispatched(name, "--sandbox", "none", "--wait"));
          expect((await desk.shown(1)).display).toBe("ready");
        }),
      LIMIT_MS,
    );
  });
}
