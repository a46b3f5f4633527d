import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fill, RALLY, type Theatre, theatre } from "./stage.ts";
import { hasTmux, type Terminal, terminal } from "./tmux.ts";

setDefaultTimeout(60_000);
const tmux = hasTmux();
if (!tmux) console.warn("dashboard in a terminal: left out, there is no tmux on the PATH.");

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

/** All that are open, so that none is left when a test fails. */
const terminals: Terminal[] = [];

/** The program itself in a terminal; what is left of it is said on the screen, with its exit code. */
function opened(play: Theatre, width = 120, height = 30, line: readonly string[] = []): Terminal {
  return kept({
    command: `${quoted([...RALLY, ...line])}; echo "left with $?"; stty -a | grep -o -- '-\\?echo ' | head -1; exec sh`,
    cwd: play.stage.shop,
    env: { ...play.stage.env, EDITOR: "echo seen in the editor; sleep 0.3; true" },
    width,
    height,
  });
}

function kept(options: Parameters<typeof terminal>[0]): Terminal {
  const made = terminal(options);
  terminals.push(made);
  return made;
}

describe.if(tmux)("in a real terminal", () => {
  let play: Theatre;
  let term: Terminal;
  beforeAll(async () => {
    play = await theatre();
    await fill(play);
    term = opened(play);
    await term.sees("acme/shop");
  });
  afterAll(async () => {
    for (const one of terminals) one.end();
    await play.end();
  });

  const choose = async (title: string) => {
    term.keys("/");
    await term.sees("enter keep");
    term.types(title);
    term.keys("Enter");
    await term.sees(new RegExp(`❯.*${title}`));
  };
  const all = async () => {
    // Once for what was said, once for the filter.
    term.keys("Escape", "Escape");
    await term.misses("Rally /");
  };

  test("rally alone opens it, what needs a person first", async () => {
    const screen = await term.sees("q quit");
    expect(screen).toContain("3 need you");
    expect(screen.indexOf("Large uploads")).toBeLessThan(screen.indexOf("Dark mode"));
  });

  test("a question is answered in place, and the agent's end is seen without a key", async () => {
    await choose("Sign-up");
    term.keys("i");
    await term.sees("Answer 4");
    term.types("refuse it");
    term.keys("Enter");
    await term.sees(/Sign-up.*ready for review/);
    await all();
  });

  test("a diff is read, commented, sent to the agent, and read again as changed", async () => {
    await choose("Login");
    term.keys("d");
    await term.sees("done by the scripted agent");
    term.keys("G", "c");
    await term.sees("Comment");
    term.types("say more");
    term.keys("Enter");
    await term.sees("1 to send");
    term.keys("r");
    await term.sees("1/1 reviewed");
    term.keys("S");
    await term.sees("went on after a message");
    await term.sees("0/1 reviewed");
    await term.misses("1 to send");
    term.keys("2");
    await term.sees("since the last run");
    await term.misses("done by the scripted agent −");
    term.keys("q");
    await term.sees("q quit");
    await all();
  });

  test("upstream and back", async () => {
    await choose("Login");
    term.keys("u");
    await term.sees("1 upstream");
    term.keys("u");
    await term.misses("1 upstream");
    await all();
  });

  test("cleaning asks, says what would be lost, and can be undone", async () => {
    await choose("Large uploads");
    term.keys("x");
    await term.sees(/it holds .*untracked/);
    term.keys("n");
    await term.misses("it holds");
    expect(await play.types("status")).toContain("Large uploads");
    term.keys("x");
    await term.sees(/f +remove 3/);
    term.keys("f");
    await term.sees("Nothing matches");
    term.keys("z");
    await term.sees(/❯.*Large uploads/);
    await all();
  });

  test("new work is dispatched from GitHub's list, and in words", async () => {
    term.keys("n");
    await term.sees("dispatched already: 1");
    term.types("cache");
    await term.sees("1 of 7 open");
    term.keys("Enter");
    await term.sees(/PR #47.*(working|setup|coding|ready|needs you)/);
    term.keys("n");
    await term.sees("7 of 7 open");
    term.keys("C-t");
    term.types("write it down");
    term.keys("Enter");
    await term.sees(/task +write it down/);
  });

  test("the palette takes any line, and shows what it answers", async () => {
    term.keys(":");
    term.types("show 1");
    term.keys("Enter");
    await term.sees("rule 9 of 11");
    term.keys("q");
    await term.misses("rule 9 of 11");
  });

  test("the editor has the terminal, and gives it back", async () => {
    await choose("Login");
    term.keys("v");
    await term.sees("seen in the editor");
    await term.sees("q quit");
    await all();
  });

  test("one sits down at an agent and comes back to the truth", async () => {
    await choose("Login");
    term.keys("a");
    await term.sees(/run 3 exited|run \d attached|ready for review/);
    await term.sees("q quit");
    await all();
  });

  test("resized while it scrolls, down to 20×5 and up again", async () => {
    for (const [width, height] of [
      [60, 15],
      [20, 5],
      [200, 50],
      [80, 24],
      [120, 30],
    ] as const) {
      term.resize(width, height);
      term.keys("j", "j", "k");
      await term.sees("quit");
      const lines = term.screen().trimEnd().split("\n");
      expect(lines.length).toBeLessThanOrEqual(height);
    }
    await term.sees("5 History");
  });

  test("a database that another process keeps locked for a while is waited for, and the screen goes on", async () => {
    const lock = new Database(join(play.stage.home, "rally.db"));
    lock.run("BEGIN IMMEDIATE");
    await choose("Login");
    term.keys("u");
    await term.sees("… upstream 1");
    term.keys("?");
    await term.sees("Keys");
    term.keys("q");
    lock.run("ROLLBACK");
    lock.close();
    await term.sees("1 upstream");
    term.keys("u");
    await term.misses("1 upstream");
    await all();
  });

  test("GitHub out of reach is said, and a task in words is offered", async () => {
    const github = join(play.stage.root, "github");
    renameSync(github, `${github}-away`);
    term.keys("n");
    await term.sees("ctrl-t");
    await term.sees("A task in words needs no GitHub");
    term.keys("Escape");
    renameSync(`${github}-away`, github);
  });

  test("quitting says who goes on, gives the terminal back, and stops nobody", async () => {
    term.keys("q");
    const screen = await term.sees("left with 0");
    expect(screen).toMatch(/\d agents? go(es)? on/);
    expect(screen).not.toContain("q quit");
    expect(await play.types("status")).toMatch(/Dark mode.*working/);
  });

  test("killed with −9, agents live on, and the next one shows the same", async () => {
    const other = opened(play);
    await other.sees("q quit");
    const pids = dashboards(play);
    expect(pids.length).toBe(1);
    process.kill(pids[0] ?? 0, "SIGKILL");
    await other.sees("left with 137");
    other.end();
    expect(await play.types("status")).toMatch(/Dark mode.*working/);
  });

  test("asked to end by a signal, it gives the terminal back", async () => {
    const other = opened(play);
    await other.sees("q quit");
    const [pid] = dashboards(play);
    process.kill(pid ?? 0, "SIGTERM");
    const screen = await other.sees("left with 0");
    expect(screen).not.toContain("q quit");
    expect(screen).not.toContain("-echo");
    other.end();
  });

  test("Ctrl-Z gives the shell, and fg comes back to the same place", async () => {
    const other = kept({
      command: "bash --norc -i",
      cwd: play.stage.shop,
      env: play.stage.env,
      width: 100,
      height: 20,
    });
    other.types(quoted(RALLY));
    other.keys("Enter");
    await other.sees("q quit");
    other.keys("j");
    await other.sees(/❯.*Typo in the README/);
    other.keys("C-z");
    await other.sees("Stopped");
    other.types("fg");
    other.keys("Enter");
    await other.sees(/❯.*Typo in the README/);
    other.keys("q");
    await other.misses("q quit");
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
    const other = kept({
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

/** Processes of this home that are the dashboard. */
function dashboards(play: Theatre): number[] {
  const done = Bun.spawnSync(["pgrep", "-f", `src/main.ts$`]);
  return done.stdout
    .toString()
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0 && environ(pid).includes(`RALLY_HOME=${play.stage.home}\0`));
}

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
