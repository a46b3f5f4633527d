import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { desks } from "./desk.ts";
import { fill, type Theatre, theatre } from "./stage.ts";
import { hasTmux, type Terminal } from "./tmux.ts";

setDefaultTimeout(60_000);
const tmux = hasTmux();
if (!tmux) console.warn("dashboard in a terminal: left out, there is no tmux on the PATH.");

const desk = desks();

describe.if(tmux)("in a real terminal", () => {
  let play: Theatre;
  let term: Terminal;
  beforeAll(async () => {
    play = await theatre();
    await fill(play);
    term = desk.opened(play);
    await term.sees("acme/shop");
  });
  afterAll(async () => {
    desk.end();
    await play.end();
  });

  const choose = async (title: string) => {
    term.keys("/");
    await term.sees("enter keep");
    term.keys("C-u");
    term.types(title);
    term.keys("Enter");
    await term.sees(new RegExp(`❯.*${title}`));
  };
  const all = async () => {
    // Once for what was said, once for the filter; one by one, as two at once are another key.
    term.keys("Escape");
    term.screen();
    term.keys("Escape");
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
    // Comments are kept as they are written: whoever opens it next has them, too.
    const again = desk.opened(play);
    await again.sees("q quit");
    again.keys("/");
    again.types("Login");
    again.keys("Enter", "d");
    await again.sees("1 to send");
    again.end();
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

  test("comments that are sent are gone, though one has left the review meanwhile", async () => {
    await choose("Login");
    term.keys("d");
    await term.sees("went on after a message");
    term.keys("G", "c");
    await term.sees("Comment");
    term.types("and more");
    term.keys("Enter");
    await term.sees("1 to send");
    term.keys("S", "q");
    await term.sees("q quit");
    await term.sees(/✓ 1 +#41/);
    term.keys("d");
    await term.sees("Review #41");
    await term.misses("reading the changes");
    await term.misses("1 to send");
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
    await term.sees(/❯.*PR #47.*(working|setup|coding|ready|needs you)/);
    term.keys("n");
    await term.sees("7 of 7 open");
    term.keys("C-t");
    term.types("write it down");
    term.keys("Enter");
    await term.sees(/❯.*task +write it down/);
  });

  test("the palette completes dispatches by their titles, takes any line, and shows what it answers", async () => {
    term.keys(":");
    term.types("show acc");
    await term.sees(/❯ 1 .*#41 Login accepts/);
    term.keys("Tab");
    await term.sees(": show 1");
    term.keys("Enter");
    await term.sees("rule 9 of 11");
    term.keys("q");
    await term.misses("rule 9 of 11");
  });

  test("the palette completes folders, and says which are repositories", async () => {
    term.keys(":");
    term.types("onboard ../sh");
    await term.sees(/❯ shop\/ +a repository/);
    term.keys("Tab");
    await term.sees(": onboard ../shop/");
    term.keys("Enter");
    await term.sees("Known already: acme/shop");
  });

  test("what goes on and on has the whole terminal until Ctrl-C; JSON is shown as it is", async () => {
    term.keys(":");
    term.types("log 2 -f");
    term.keys("Enter");
    await term.sees("$ rally log 2 -f");
    await term.sees("Still at it.");
    term.keys("C-c");
    await term.sees("Enter goes back");
    term.keys("Enter");
    await term.sees("q quit");
    expect(term.screen()).not.toContain("ended with code");
    term.keys(":");
    term.types("status --json");
    term.keys("Enter");
    await term.sees('"generated_at"');
    term.keys("q");
    await term.misses('"generated_at"');
  });

  test("the status page of a dispatch is opened, or its address told where no browser is", async () => {
    await choose("Login");
    term.keys("O");
    await term.sees(/No browser is here.*\/dispatches\/1/);
    await all();
    term.keys(":");
    term.types("open 1");
    term.keys("Enter");
    await term.sees(/✓ http.*\/dispatches\/1/);
    await all();
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

  test("its branch is pushed by a key, and that is told", async () => {
    await choose("Login");
    term.keys("p");
    await term.sees("push its branch");
    term.keys("p");
    await term.sees(/✓.*[Pp]ushed/);
    await all();
  });

  test("a database that another process keeps locked for three seconds is waited for, and the screen goes on", async () => {
    const locked = `
      const lock = new (require("bun:sqlite").Database)(${JSON.stringify(join(play.stage.home, "rally.db"))});
      lock.run("PRAGMA busy_timeout = 5000");
      lock.run("BEGIN IMMEDIATE");
      console.log("locked");
      setTimeout(() => process.exit(0), 3000);`;
    await choose("Login");
    const other = Bun.spawn([process.execPath, "-e", locked], { stdout: "pipe" });
    await other.stdout.getReader().read();
    term.keys("u");
    await term.sees("… upstream 1");
    term.keys("?");
    await term.sees("Keys");
    term.keys("q");
    expect(term.screen()).not.toContain("1 upstream");
    expect(other.exitCode).toBeNull();
    await other.exited;
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
});
