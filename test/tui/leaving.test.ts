import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desks, quoted } from "./desk.ts";
import { RALLY, type Theatre, theatre } from "./stage.ts";
import { hasTmux } from "./tmux.ts";

setDefaultTimeout(60_000);
const tmux = hasTmux();
if (!tmux) console.warn("leaving the dashboard: left out, there is no tmux on the PATH.");

const desk = desks();

describe.if(tmux)("on every way out of a real terminal", () => {
  let play: Theatre;
  beforeAll(async () => {
    play = await theatre();
    await play.types("onboard", ".", "--agent", "scripted");
    for (const [number, mood] of [
      ["42", "slow"],
      ["45", "nothing"],
    ] as const)
      await play.types("dispatch", number, "--model", mood);
    await play.waits({ 1: "working", 2: "needs_you" });
  });
  afterAll(async () => {
    desk.end();
    await play.end();
  });

  test("quitting says who goes on, gives the terminal back, and stops nobody", async () => {
    const term = desk.opened(play);
    await term.sees("q quit");
    term.keys("q");
    const screen = await term.sees("left with 0");
    expect(screen).toMatch(/\d agents? go(es)? on/);
    expect(screen).not.toContain("q quit");
    expect(await play.types("status")).toMatch(/Dark mode.*working/);
  });

  test("a key that is pressed before everything is loaded counts, and nothing of it is left on the shell", async () => {
    const early = desk.opened(play);
    await early.sees("q quit");
    early.keys("j", "q");
    const screen = await early.sees("left with 0");
    expect(screen).not.toContain("jq");
    expect(screen).toMatch(/\d agents? go(es)? on/);
    early.end();
  });

  test("killed with −9, agents live on, and the next one shows the same", async () => {
    const other = desk.opened(play);
    await other.sees("q quit");
    const pids = dashboards(play);
    expect(pids.length).toBe(1);
    process.kill(pids[0] ?? 0, "SIGKILL");
    await other.sees("left with 137");
    other.end();
    expect(await play.types("status")).toMatch(/Dark mode.*working/);
  });

  test("asked to end by a signal, it gives the terminal back", async () => {
    const other = desk.opened(play);
    await other.sees("There was nothing to do");
    const [pid] = dashboards(play);
    process.kill(pid ?? 0, "SIGTERM");
    const screen = await other.sees("left with 0");
    expect(screen).not.toContain("q quit");
    expect(screen).not.toContain("-echo");
    other.end();
  });

  test("ended by a signal while it still loads, it gives the terminal back, too", async () => {
    const other = desk.opened(play);
    await other.sees("q quit");
    const [pid] = dashboards(play);
    process.kill(pid ?? 0, "SIGTERM");
    const screen = await other.sees(/left with (143|0)/);
    expect(screen).not.toContain("q quit");
    expect(screen).not.toContain("-echo");
    other.end();
  });

  test.each([
    ["alone", quoted(RALLY)],
    ["by another program", `sh -c "${quoted(RALLY)}; true"`],
  ])("Ctrl-Z gives the shell, and fg comes back to the same place; started %s", async (_, command) => {
    const other = desk.kept({
      command: "bash --norc -i",
      cwd: play.stage.shop,
      env: play.stage.env,
      width: 100,
      height: 20,
    });
    other.types(command);
    other.keys("Enter");
    await other.sees("q quit");
    other.keys("j");
    await other.sees(/❯.*Dark mode/);
    other.keys("C-z");
    await other.sees("Stopped");
    other.types("fg");
    other.keys("Enter");
    await other.sees(/❯.*Dark mode/);
    other.keys("q");
    await other.misses("q quit");
    other.end();
  });

  test("Ctrl-Z where no shell could take over says so, and the dashboard goes on", async () => {
    const other = desk.opened(play);
    await other.sees("There was nothing to do");
    other.keys("C-z");
    await other.sees("There is no shell to go back to");
    other.keys("q");
    await other.sees("left with 0");
    other.end();
  });

  test("without a terminal the status is printed, and why", async () => {
    const done = Bun.spawnSync([...RALLY, "dashboard"], { cwd: play.stage.shop, env: play.stage.env });
    expect(done.exitCode).toBe(0);
    expect(done.stdout.toString()).toContain("Dark mode");
    expect(done.stdout.toString()).not.toContain("\u001b[?1049h");
    expect(done.stderr.toString()).toContain("needs a terminal");
  });

  test("what fails inside is said on the normal screen, with exit code 1", async () => {
    const other = desk.kept({
      command: `'${process.execPath}' '${join(import.meta.dir, "failing.ts")}'; echo "left with $?"; exec sh`,
      cwd: play.stage.shop,
      env: play.stage.env,
      width: 100,
      height: 20,
    });
    const screen = await other.sees("left with 1");
    expect(screen).toContain("The dashboard failed: the clock broke");
    other.end();
  });
});

test.if(tmux)(
  "killed with −9 within the demo, the terminal is put right by the demo, which says so",
  async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "rally-killed-")));
    try {
      const term = desk.kept({
        command: `${quoted(RALLY)} demo --agent scripted; echo "left with $?"; stty -a | grep -o -- '-\\?\\(echo\\|icanon\\) '; exec sh`,
        cwd: folder,
        env: { PATH: process.env.PATH ?? "", HOME: folder, TMPDIR: folder },
        width: 100,
        height: 30,
      });
      await term.sees("q quit", DEMO_MS);
      const within = (pid: number) => environ(pid).includes(`RALLY_HOME=${folder}/`);
      const [pid] = pids("src/main.ts dashboard$").filter(within);
      if (pid === undefined) throw new Error("The demo has no dashboard.");
      process.kill(pid, "SIGKILL");
      const screen = await term.sees(/left with 0\s+icanon\s+echo/);
      expect(screen).toContain("The dashboard was killed; the terminal is as it was before.");
      expect(screen).toContain("No process is left.");
      expect(screen).not.toContain("q quit");
      expect(term.modes()).toEqual({ alternate: false, mouse: false, cursor: true });
      term.types("echo heard");
      await term.sees("echo heard");
    } finally {
      desk.end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** The demo does its walk before its dashboard comes. */
const DEMO_MS = 50_000;

/** Processes of this home that are the dashboard. */
function dashboards(play: Theatre): number[] {
  return pids("src/main.ts$").filter((pid) => environ(pid).includes(`RALLY_HOME=${play.stage.home}\0`));
}

function pids(pattern: string): number[] {
  const done = Bun.spawnSync(["pgrep", "-f", pattern]);
  return done.stdout.toString().split("\n").map(Number).filter(Boolean);
}

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
