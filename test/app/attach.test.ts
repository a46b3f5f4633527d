import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../../src/agents/walls/detect.ts";
import { ownIdentity } from "../../src/process/identity.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome, type Screen, until } from "./home.ts";

type Shown = {
  readonly id: number;
  readonly changes?: unknown;
  readonly status: string;
  readonly display: string;
  readonly outcome: string | null;
  readonly worktree: string;
  readonly run: {
    readonly id: number;
    readonly role: string;
    readonly state: string;
    readonly session: string;
  };
};

setDefaultTimeout(30_000);

let home: Home;
const screens: Screen[] = [];

beforeAll(async () => {
  home = await newHome(`${CONFIG}agents:\n  mine:\n    command: /bin/true\n`);
  await home.rally("onboard", ".", "--local");
});
afterAll(async () => {
  for (const screen of screens) screen.close();
  await Promise.all(screens.map((screen) => screen.exited));
  home.remove();
});

/** A dispatch of that mood, ended unless it never does; its number. */
async function dispatched(mood: string, agent = "scripted"): Promise<string> {
  const endless = mood === "hang" || mood === "slow";
  const words = ["dispatch", "task", `Be ${mood}`, "--agent", agent, "--model", mood];
  const said = await home.rally(...words, ...(endless ? [] : ["--wait"]));
  return /^\d+/.exec(said.out)?.[0] ?? `none: ${said.err}`;
}

async function shown(id: string): Promise<Shown> {
  const all = await home.json<{ dispatches: Shown[] }>("status", "--all");
  const found = all.dispatches.find((one) => String(one.id) === id);
  if (!found) throw new Error(`${id} is not there`);
  return found;
}

function attach(...words: string[]): Screen {
  const screen = home.screen("attach", ...words);
  screens.push(screen);
  return screen;
}

const sees = (screen: Screen, text: string) =>
  until(
    () => `${text} in ${screen.shown()}`,
    () => screen.shown().includes(text),
  );

describe("a person at the agent's session", () => {
  test("goes on in the same session, and what it ends with is read from the facts", async () => {
    const id = await dispatched("finish");
    const before = await shown(id);
    const screen = attach(id);
    expect(await screen.exited).toBe(0);
    expect(screen.shown()).toContain(`"session":"${before.run.session}"`);
    expect(screen.shown()).toContain('"way":"resume"');
    expect(screen.shown()).toContain("ready for review");
    const after = await shown(id);
    expect(after).toMatchObject({
      status: "reviewing",
      outcome: "ok",
      run: { role: "attached", state: "exited" },
    });
    expect(after.run.session).toBe(before.run.session);
    // What happened at the terminal is not logged: the log is still that of the run before.
    expect((await home.rally("log", id)).out).toContain("Done: NOTES.md");
  });

  test("who changes nothing leaves it as it was: what was empty is not ready", async () => {
    const id = await dispatched("nothing");
    expect((await shown(id)).outcome).toBe("empty");
    expect(await attach(id).exited).toBe(0);
    expect(await shown(id)).toMatchObject({ outcome: "empty", run: { role: "attached", state: "exited" } });
  });

  test("an agent that crashes under a person's eyes has failed", async () => {
    const id = await dispatched("crash");
    const screen = attach(id);
    expect(await screen.exited).toBe(0);
    expect(screen.shown()).toContain("failed: needs you");
    const after = await shown(id);
    expect(after).toMatchObject({
      outcome: "failed",
      display: "needs_you",
      run: { role: "attached", state: "failed" },
    });
    expect((await home.rally("show", id)).out).toContain("SIGSEGV");
  });

  test("needs a terminal, and says so without touching anything", async () => {
    const id = await dispatched("finish");
    const said = await home.rally("attach", id);
    expect(said).toMatchObject({ code: 5, out: "" });
    expect(said.err).toContain(`rally continue ${id}`);
    expect((await shown(id)).run.role).toBe("worker");
  });

  test("Ctrl-C belongs to the agent; Rally tells how it ended", async () => {
    const id = await dispatched("hang");
    const refused = attach(id);
    expect(await refused.exited).toBe(7);
    expect(refused.shown()).toContain(`rally attach ${id} --stop`);
    expect((await shown(id)).display).toBe("working");
    const screen = attach(id, "--stop");
    await sees(screen, '"text":"Thinking."');
    expect((await shown(id)).run).toMatchObject({ role: "attached", state: "running" });
    screen.type("\u0003");
    expect(await screen.exited).toBe(0);
    expect((await shown(id)).run.state).toBe("exited");
    expect(screen.shown()).toContain("stopped by cli:ana");
  });

  test("a worktree deleted by hand is made again, which is said before the agent has the terminal", async () => {
    const id = await dispatched("finish");
    rmSync((await shown(id)).worktree, { recursive: true });
    const screen = attach(id);
    expect(await screen.exited).toBe(0);
    expect(screen.shown().indexOf("made again")).toBeGreaterThanOrEqual(0);
    expect(screen.shown().indexOf("made again")).toBeLessThan(screen.shown().indexOf('"type":"start"'));
  });
});

describe("whoever dies", () => {
  test("Ctrl-C before the agent has the terminal: nobody sat down, and it says who stopped it", async () => {
    const id = await dispatched("finish");
    rmSync((await shown(id)).worktree, { recursive: true });
    // Somebody is at work in the repository, so that the worktree is not made again yet.
    const lock = join(home.repo, ".git/rally.lock");
    writeFileSync(lock, JSON.stringify({ ...ownIdentity(), nonce: "test" }));
    const screen = attach(id);
    await until(
      () => "the start",
      async () => (await shown(id)).run.state === "starting",
    );
    screen.type("\u0003");
    expect(await screen.exited).toBe(130);
    rmSync(lock);
    // A look ends what it can within a tenth of a second.
    await until(
      () => "the end",
      async () => (await shown(id)).run.state !== "starting",
    );
    expect(await shown(id)).toMatchObject({ display: "stopped", outcome: "interrupted" });
    expect(await attach(id).exited).toBe(0);
    expect(await shown(id)).toMatchObject({ display: "ready", run: { role: "attached", state: "exited" } });
  });

  test("invariant 13: the terminal is closed, and the run ends by itself", async () => {
    const id = await dispatched("hang");
    const screen = attach(id, "--stop");
    await sees(screen, '"text":"Thinking."');
    screen.close();
    const after = await until(
      () => "the end",
      async () => {
        const now = await shown(id);
        return now.display === "working" ? null : now;
      },
    );
    expect(after).toMatchObject({ status: "reviewing", run: { role: "attached", state: "exited" } });
  });

  test("invariant 7: kill −9 of Rally leaves a live agent live, which can be stopped", async () => {
    const id = await dispatched("hang");
    // The session's leader lives on, as a person's shell does: else the kernel hangs up the terminal.
    const shell = ["sh", "-c", '(echo "pid=$(sh -c \'echo $PPID\')="; exec "$@"); sleep 60', "sh"];
    const screen = home.terminal([...shell, ...program(), "attach", id, "--stop"]);
    screens.push(screen);
    await sees(screen, '"text":"Thinking."');
    process.kill(Number(/pid=(\d+)=/.exec(screen.shown())?.[1]), "SIGKILL");
    await sees(screen, "Killed");
    expect((await shown(id)).display).toBe("working");
    expect((await home.rally("stop", id)).code).toBe(0);
    expect(await shown(id)).toMatchObject({ display: "stopped", outcome: "interrupted" });
    screen.close();
  });

  test("TERM to Rally stops the agent as a person's stop does", async () => {
    const id = await dispatched("hang");
    const screen = attach(id, "--stop");
    await sees(screen, '"text":"Thinking."');
    process.kill(screen.pid, "SIGTERM");
    await screen.exited;
    expect(await shown(id)).toMatchObject({ display: "stopped", outcome: "interrupted" });
  });
});

describe("a shell, where the agent cannot be sat at", () => {
  test("in its worktree, with the environment of an agent, and it says why", async () => {
    const id = await dispatched("any", "mine");
    const screen = attach(id);
    await sees(screen, "mine has no way to sit down at its session");
    screen.type(
      'pwd; echo "run=$(printenv RALLY_RUN | wc -l) prompt=$GIT_TERMINAL_PROMPT"; rally declare-stage coding; touch new; exit 3\n',
    );
    expect(await screen.exited).toBe(0);
    expect(screen.shown()).toContain((await shown(id)).worktree);
    expect(screen.shown()).toContain("run=1 prompt=0");
    expect(await shown(id)).toMatchObject({ outcome: "ok", run: { role: "attached" } });
  });

  test("an agent that is not installed any more", async () => {
    const program = join(home.folder, "soon-gone");
    writeFileSync(program, "#!/bin/sh\nexit 0\n");
    chmodSync(program, 0o755);
    expect((await home.rally("config", "set", "agents.mine.command", program)).code).toBe(0);
    const id = await dispatched("any", "mine");
    rmSync(program);
    const screen = attach(id);
    await sees(screen, `${program} is not installed`);
    screen.type("exit\n");
    expect(await screen.exited).toBe(0);
    await home.rally("config", "set", "agents.mine.command", "/bin/true");
  });
});

describe("within walls", () => {
  test("a person who sits down is inside them, and what was committed there comes home", async () => {
    const bwrap = await detectBwrap(home.env.PATH ?? "");
    if ("why" in bwrap) return console.error(`left out: ${bwrap.why}`);
    const said = await home.rally(
      "dispatch",
      "task",
      "Be walled",
      "--agent",
      "mine",
      "--sandbox",
      "bwrap",
      "--wait",
    );
    const id = /^\d+/.exec(said.out)?.[0] ?? said.err;
    const before = await home.json<{ changes: { commits: number } | null }>("show", id);
    expect(before.changes?.commits).toBe(0);
    const screen = attach(id);
    await sees(screen, "this is a shell");
    screen.type("touch $HOME/../outside; git commit --quiet --allow-empty --message walled; exit\n");
    expect(await screen.exited).toBe(0);
    const after = await home.json<{ changes: { commits: number } | null }>("show", id);
    expect(after.changes?.commits).toBe(1);
    expect(existsSync(join(home.folder, "outside"))).toBe(false);
  });
});

describe("no place free", () => {
  test("invariant 5: capacity is kept, and the state is as before", async () => {
    const idle = await dispatched("finish");
    const other = await dispatched("hang");
    await home.rally("config", "set", "capacity", "1");
    const before = await shown(idle);
    const screen = attach(idle);
    expect(await screen.exited).toBe(7);
    expect(screen.shown()).toContain("places are taken");
    expect({ ...(await shown(idle)), changes: null }).toEqual({ ...before, changes: null });
    const queued = await dispatched("slow");
    const waiting = attach(queued, "--stop");
    expect(await waiting.exited).toBe(7);
    expect(waiting.shown()).toContain("waits in line");
    await home.rally("stop", queued);
    await home.rally("stop", other);
    await home.rally("config", "set", "capacity", "6");
  });
});
