import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../../../src/agents/scripted/step.ts";
import { isSessionLost } from "../../../src/agents/session.ts";
import { type Bench, type Going, openBench } from "./bench.ts";
import { CLI_NAMES, CLIS, type CliName, whyNot } from "./clis.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/**
 * The real programs against the scripted model, started with exactly what our agents give. Those in the cache run
 * (`bun test/agents/live/install.ts`); `RALLY_LIVE_AGENTS=codex,gemini` names which, `all` or `none`.
 */
const LIMIT_MS = 180_000;

const SCRIPTS: Readonly<Record<string, Script>> = {
  edit: [
    { write: "hello.txt", content: "hello\n" },
    { sh: "git add hello.txt && git commit -qm 'Say hello'" },
    { say: "I wrote it." },
  ],
  more: [{ sh: "echo more >>more.txt" }, { say: "I wrote more." }],
  push: [
    { sh: "git push origin HEAD" },
    { sh: "bash -c 'git push origin HEAD'" },
    { sh: "env git -C . push origin HEAD" },
    { sh: "curl -s http://127.0.0.1:9/" },
    { sh: "echo fine >fine.txt" },
    { say: "I tried." },
  ],
  tunnel: [{ write: "s.sh", content: "git push origin HEAD\n" }, { sh: "sh s.sh" }, { say: "I tried." }],
  look: [
    { write: "no.txt", content: "no\n" },
    { sh: "echo no >no2.txt" },
    { sh: "git log --oneline" },
    { say: "I looked." },
  ],
  auth: [{ error: 401 }],
  hang: [{ hang: true }],
  slow: [{ sh: "echo started >started.txt; sleep 47" }, { say: "Done." }],
  background: [{ sh: "sleep 300 >/dev/null 2>&1 </dev/null & echo left" }, { say: "Done." }],
};

for (const name of CLI_NAMES) {
  const why = whyNot(name);
  if (why) {
    console.log(`${name}: not run against the real program: ${why}`);
    test.skipIf(true)(`${name} (${why})`, () => undefined);
    continue;
  }
  describe(`${name} ${CLIS[name].version}`, () => {
    let bench: Bench;
    beforeAll(() => {
      bench = openBench(name, SCRIPTS);
    });
    afterAll(() => bench.close());
    const limited = (what: string, body: () => Promise<void>) => test(what, body, LIMIT_MS);
    const remote = () => bench.git("ls-remote", bench.origin, "refs/heads/rally/*");

    limited("edits and commits in a linked worktree, and its reading says so", async () => {
      const asked = bench.request("edit");
      const { code, reading } = await bench.run(asked);
      expect([code, reading.verdict, reading.words, reading.failure]).toEqual([0, "ok", "I wrote it.", null]);
      expect(reading.tool).toContain("git commit");
      expect(reading.session).not.toBeNull();
      if (asked.session) expect(reading.session).toBe(asked.session);
      expect(bench.git("log", "-1", "--format=%s by %an")).toBe("Say hello by Ana");
      expect(bench.git("status", "--short")).toBe("");
    });

    limited("goes on in its session, with its history", async () => {
      const first = await bench.run(bench.request("edit", { prompt: "Do the marvellous task." }));
      const asked = bench.request("more", {
        session: first.reading.session,
        resume: true,
        prompt: "And more.",
      });
      const { code, reading } = await bench.run(asked);
      expect([code, reading.verdict, reading.session]).toEqual([0, "ok", first.reading.session]);
      const bodies = bench.model.seen().filter((seen) => seen.script === "more");
      expect(JSON.stringify(bodies)).toContain("marvellous task");
      expect(existsSync(join(bench.worktree, "more.txt"))).toBe(true);
    });

    limited("says so when the session is lost", async () => {
      const lost = name === "opencode" ? "ses_00000000000000000000000000" : crypto.randomUUID();
      const { code, reading } = await bench.run(bench.request("more", { session: lost, resume: true }));
      expect(code).not.toBe(0);
      expect(isSessionLost(reading)).toBe(true);
    });

    limited(
      "is refused to push and to reach the network, also by detours, when new and when resumed",
      async () => {
        const first = await bench.run(bench.request("push"));
        const asked = bench.request("push", { session: first.reading.session, resume: true });
        for (const { code, reading } of [first, await bench.run(asked)]) {
          expect([code, reading.verdict]).toEqual([0, "ok"]);
          expect(reading.denials.length).toBe(4);
        }
        expect(remote()).toBe("");
        expect(existsSync(join(bench.worktree, "fine.txt"))).toBe(true);
      },
    );

    limited("finds nothing to push with where its rules do not see the push", async () => {
      expect((await bench.run(bench.request("tunnel"))).reading.denials).toEqual([]);
      expect(remote()).toBe("");
    });

    limited("only looks where it may only look, and writes its review", async () => {
      const path = name === "codex" ? "REVIEW.md" : ".rally/run/REVIEW.md";
      const looking = openBench(name, {
        look: [
          ...(SCRIPTS.look ?? []).slice(0, 3),
          { write: path, content: "# Review\n" },
          { say: "I looked." },
        ],
      });
      try {
        const { code, reading } = await looking.run(looking.request("look", { mode: "read-only" }));
        expect([code, reading.verdict]).toEqual([0, "ok"]);
        expect(readFileSync(join(looking.worktree, ".rally/run/REVIEW.md"), "utf8")).toBe("# Review\n");
        expect(looking.git("status", "--short")).toBe("");
      } finally {
        await looking.close();
      }
    });

    limited("fails for want of a login", async () => {
      const { code, reading } = await bench.run(bench.request("auth"));
      expect(code).not.toBe(0);
      expect([reading.verdict, reading.failure?.kind]).toEqual(["failed", "auth"]);
    });

    limited("ends when its group is told to, while it works and while its model hangs", async () => {
      for (const script of ["slow", "hang"]) {
        const going = bench.start(bench.request(script));
        await begun(bench, script, going);
        process.kill(-going.pid, "SIGTERM");
        const { reading } = await going.ended;
        expect(reading.verdict === "ok" ? "ok" : "not ok").toBe("not ok");
        await sweep(bench);
      }
    });

    limited("leaves what it started in the background, marked, to be found", async () => {
      const { code, reading } = await bench.run(bench.request("background"));
      expect([code, reading.verdict]).toEqual([0, "ok"]);
      await sweep(bench);
      expect(bench.marked()).toEqual([]);
    });

    limited("can be attached to: its history is there, and so is its policy", () => attaches(bench, name));
  });
}

async function attaches(bench: Bench, name: CliName): Promise<void> {
  const first = await bench.run(bench.request("push", { prompt: "Do the marvellous task." }));
  trustFolder(bench, name);
  const asked = bench.request("push", { session: first.reading.session, resume: true });
  const terminal = openTerminal(bench, name, asked);
  try {
    await answerQuestions(terminal, name);
    await terminal.until(() => /Itried|marvellous/.test(terminal.words()), "the history");
    const before = bench.model.seen().length;
    const asks = () =>
      bench.model
        .seen()
        .slice(before)
        .some((seen) => JSON.stringify(seen.body).includes("once again"));
    for (let tries = 0; tries < 8 && !asks(); tries++) {
      await Bun.sleep(1_000);
      await terminal.type("once again");
      await Bun.sleep(300);
      await terminal.type("\r");
      await Bun.sleep(1_000);
    }
    await terminal.until(asks, "the model being asked");
    const refusals = () => JSON.stringify(bench.model.seen().at(-1)?.body).match(REFUSALS)?.length ?? 0;
    await terminal.until(() => refusals() >= 8, "the refusals of the second time");
    expect(bench.git("ls-remote", bench.origin, "refs/heads/rally/*")).toBe("");
  } finally {
    await terminal.close();
    await sweep(bench);
  }
}

/** What each asks a person first: whether to trust the folder, whether to take a newer model. */
async function answerQuestions(terminal: Terminal, name: CliName): Promise<void> {
  if (name === "copilot") {
    await terminal.until(() => /Doyoutrustthefiles/.test(terminal.words()), "the question of trust");
    await terminal.type("\r");
  }
  if (name === "codex") {
    await terminal.until(() => /Useexistingmodel/.test(terminal.words()), "the question of the model");
    await terminal.type("2\r");
  }
}

const REFUSALS = /policy refuses this command|denied by policy|rule which prevents/gi;

/** What a person has answered once before: that the folder is trusted, the welcome seen, the key approved. */
function trustFolder(bench: Bench, name: CliName): void {
  const repo = join(bench.root, "repo");
  if (name === "codex")
    writeFileSync(
      join(bench.home, ".codex", "config.toml"),
      `[projects."${repo}"]\ntrust_level = "trusted"\n`,
    );
  if (name === "gemini") {
    const settings = { security: { auth: { selectedType: "vertex-ai" } } };
    writeFileSync(join(bench.home, ".gemini", "settings.json"), JSON.stringify(settings));
  }
  if (name !== "claude") return;
  const path = join(bench.home, ".claude.json");
  const known = JSON.parse(readFileSync(path, "utf8"));
  const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true };
  const projects = { ...known.projects, [repo]: trusted, [bench.worktree]: trusted };
  const approved = { approved: ["sk-rally-scripted-model-key".slice(-20)], rejected: [] };
  writeFileSync(
    path,
    JSON.stringify({ ...known, projects, hasCompletedOnboarding: true, customApiKeyResponses: approved }),
  );
}

async function begun(bench: Bench, script: string, going: Going): Promise<void> {
  const before = bench.model.seen().length;
  const end = Date.now() + 60_000;
  const started = join(bench.worktree, "started.txt");
  const is = () =>
    script === "slow"
      ? existsSync(started)
      : bench.model
          .seen()
          .slice(before)
          .some((seen) => seen.script === script && seen.body !== null);
  while (!is()) {
    if (Date.now() > end) throw new Error(`${script} did not begin: ${going.log().slice(-600)}`);
    await Bun.sleep(50);
  }
}

/** As Rally does after every end: what carries the marker is given a moment, then stopped. */
async function sweep(bench: Bench): Promise<void> {
  const end = Date.now() + 3_000;
  while (Date.now() < end && bench.marked().length > 0) await Bun.sleep(50);
  for (const pid of bench.marked()) process.kill(pid, "SIGKILL");
  while (Date.now() < end + 2_000 && bench.marked().length > 0) await Bun.sleep(20);
}
