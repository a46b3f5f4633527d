import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Script } from "../../../src/agents/scripted/step.ts";
import { CLI_NAMES, type CliName, whyNot } from "./clis.ts";
import { type Desk, openDesk } from "./desk.ts";

/**
 * The real agents through `rally dispatch`, in a linked worktree, with the walls that this machine has and without.
 * What an agent's argv and its output mean is tested beside this; here it is what Rally says in the end.
 */
const LIMIT_MS = 180_000;

/** Edits, tries what is refused, commits, and leaves a process behind. */
const WORK: Script = [
  { write: "hello.txt", content: "hello\n" },
  { sh: "git push origin HEAD" },
  { sh: "date +%s%N >>when.txt; git add -A && git commit -qm 'Say hello'" },
  { sh: "sleep 300 >/dev/null 2>&1 </dev/null & echo left" },
  { say: "I wrote it." },
];
/** Tries to change what it may only look at, by the agent's own tool and by its shell, and reviews. */
const LOOK: Script = [
  { write: "no.txt", content: "no\n" },
  { sh: "echo no >no2.txt; git commit -q --allow-empty -m no" },
  { sh: "git log --oneline" },
  { write: ".rally/run/REVIEW.md", content: "# Review\n" },
  { say: "I looked." },
];
/** Begins to work, then hears nothing more from its model. */
const HANG: Script = [{ sh: "printf 'begun-%s\\n' 42" }, { hang: true }];

/** Two files call this, so that they can be run side by side. */
export function dispatches(sandbox: "bwrap" | "none"): void {
  for (const name of CLI_NAMES) {
    const why = whyNot(name);
    if (why !== null) {
      console.log(`${name}: not dispatched to (sandbox ${sandbox}): ${why}`);
      continue;
    }
    const one: Case = {
      at: (what, script, body) => test(what, () => atDesk(name, script, body), LIMIT_MS),
      dispatch: (desk, ...more) =>
        desk.rally("dispatch", "task", "Say hello", "--agent", name, "--sandbox", sandbox, ...more),
    };
    describe(`rally dispatch to the real ${name}, sandbox ${sandbox}`, () => {
      itWorks(one);
      if (sandbox === "bwrap") itStaysInside(one);
      itEnds(one);
    });
  }
}

type Case = {
  readonly at: (what: string, script: Script, body: (desk: Desk) => Promise<void>) => void;
  readonly dispatch: (desk: Desk, ...more: string[]) => Promise<unknown>;
};

function itWorks({ at, dispatch }: Case): void {
  at("works, is refused a push, leaves a process behind: ready, and goes on", WORK, async (desk) => {
    await dispatch(desk, "--wait");
    const { run: first, branch, ...then } = await desk.shown(1);
    expect([then.display, then.outcome, first?.exit_code]).toEqual(["ready", "ok", 0]);
    expect(await desk.git("log", "-1", "--format=%s by %an", branch ?? "")).toBe("Say hello by Ana");
    expect(await desk.git("ls-remote", "origin", "refs/heads/rally/*")).toBe("");
    expect((await desk.rally("show", "1")).out).toContain("git push origin HEAD");
    await goesOn(desk, first?.session);
    expect(await desk.git("rev-list", "--count", `main..${branch}`)).toBe("2");
  });

  at("has no login: failed, and a person is asked for", [{ error: 401 }], async (desk) => {
    await dispatch(desk, "--wait");
    const { display, outcome, failure, attention } = await desk.shown(1);
    expect([display, outcome, failure]).toEqual(["needs_you", "failed", "auth"]);
    expect(attention.map((one) => one.code)).toEqual(["failed"]);
  });
}

function itStaysInside({ at, dispatch }: Case): void {
  at("goes on where the home is hidden, and misses nothing of its own", WORK, async (desk) => {
    await desk.rally("config", "set", "sandbox.home", "hidden");
    await dispatch(desk, "--wait");
    const { run, display } = await desk.shown(1);
    expect(display).toBe("ready");
    await goesOn(desk, run?.session);
    expect((await desk.rally("log", "1", "--raw")).out).not.toMatch(/not found at|EROFS|read-only file/i);
  });

  // Codex without our walls stands in its own, in another folder: live.test.ts has that.
  at("only looks where it may only look, and its review arrives", LOOK, async (desk) => {
    await dispatch(desk, "--mode", "read-only", "--wait");
    const { display, outcome, worktree } = await desk.shown(1);
    expect([display, outcome]).toEqual(["needs_you", "empty"]);
    expect(readFileSync(`${worktree}/.rally/run/REVIEW.md`, "utf8")).toBe("# Review\n");
    expect(await desk.git("-C", `${worktree}`, "status", "--short")).toBe("");
    expect(await desk.git("rev-list", "--count", "main..rally/task-say-hello")).toBe("0");
  });
}

function itEnds({ at, dispatch }: Case): void {
  at("invariant 13: crashes in the middle: failed, by its exit code", HANG, async (desk) => {
    await dispatch(desk);
    await desk.until("it works", async () => desk.heard().some(hasBegun));
    desk.crash();
    await desk.until("it is seen", async () => (await desk.shown(1)).display === "needs_you");
    const { display, outcome, failure, run } = await desk.shown(1);
    expect([display, outcome, failure]).toEqual(["needs_you", "failed", "agent"]);
    expect(run?.exit_code).toBeGreaterThan(0);
  });

  at("invariant 7: hangs and is working until a person stops it; then goes on", HANG, async (desk) => {
    await dispatch(desk);
    await desk.until("it works", async () => desk.heard().some(hasBegun));
    expect((await desk.shown(1)).display).toBe("working");
    expect((await desk.rally("stop", "1")).exit).toBe(0);
    const { display, outcome, run } = await desk.shown(1);
    expect([display, outcome]).toEqual(["stopped", "interrupted"]);
    desk.teach(WORK);
    await goesOn(desk, run?.session);
  });

  at("invariant 13: is killed with all its own: lost, without a word", HANG, async (desk) => {
    await dispatch(desk);
    await desk.until("it works", async () => desk.heard().some(hasBegun));
    desk.killAll();
    await desk.until("it is seen", async () => (await desk.shown(1)).display === "needs_you");
    expect((await desk.shown(1)).outcome).toBe("lost");
  });
}

async function atDesk(name: CliName, script: Script, body: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await openDesk(name, script);
  try {
    await body(desk);
    expect(desk.marked()).toEqual([]);
  } finally {
    await desk.close();
  }
}

/** A message starts a second run in the session of the first, which still knows what it was asked then. */
async function goesOn(desk: Desk, session: string | null | undefined): Promise<void> {
  const before = desk.heard().length;
  await desk.rally("continue", "1", "say it again");
  await desk.until("the second run has ended", async () => {
    const { run, display } = await desk.shown(1);
    return run?.attempt === 2 && display !== "working" && display !== "implementing";
  });
  const { run, display } = await desk.shown(1);
  expect([display, run?.session]).toEqual(["ready", session ?? "none"]);
  const asked = desk
    .heard()
    .slice(before)
    .filter((text) => text.includes("say it again"));
  expect(asked.filter(isTask).length).toBeGreaterThan(0);
}

/** What its shell said has reached its model. */
function hasBegun(text: string): boolean {
  return text.includes("begun-42");
}

function isTask(text: string): boolean {
  return text.includes("Then do the task.");
}
