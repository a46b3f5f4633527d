import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { problemOf } from "../fixtures/problem.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rally-config-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = (more: Record<string, string> = {}) => ({
  HOME: "/home/ana",
  USER: "ana",
  RALLY_HOME: home,
  ...more,
});
const load = (more: Record<string, string> = {}) => loadConfig({ env: env(more), cwd: "/work" });
const write = (text: string) => writeFileSync(join(home, "config.yaml"), text);

describe("loading", () => {
  test("a missing file is all defaults, each of that origin", () => {
    const config = load();
    expect(config.capacity).toBe(6);
    expect(config.limits.logQuietSeconds).toBe(30);
    expect(config.worktrees.trashDays).toBe(7);
    expect(config.heartbeat).toEqual({ fastSeconds: 5, slowSeconds: 60, leaseSeconds: 20, autostart: true });
    expect(config.projectsDir).toBe(join(home, "projects"));
    expect(config.origin.capacity).toBe("default");
    expect(config.problem).toBeNull();
  });

  test("an empty file, and one of comments alone, are all defaults", () => {
    for (const text of ["", "# nothing yet\n", "---\n"]) {
      write(text);
      expect(load().capacity).toBe(6);
    }
  });

  test("every key can be set, and says that it comes from the file", () => {
    write(
      "agent: claude\ncapacity: 3\nask_trust: always\nmode: read-only\nlimits:\n  run_minutes: 90\n  stop_grace_seconds: 1\n" +
        "sandbox: {kind: bwrap, home: hidden, writable: [~/.cache], network: false}\nreview:\n  models: [a, b]\n  template: review.md\n" +
        "agents:\n  custom:\n    command: ./agent\n    args: [--fast]\n    env: {LEVEL: 3}\n  claude: {model: opus}\nchat: {slack: {operators: [U1, 77]}}\n",
    );
    const config = load();
    expect(config.agent).toBe("claude");
    expect(config.limits.runMinutes).toBe(90);
    expect(config.limits.silenceMinutes).toBe(15);
    expect(config.sandbox).toEqual({ kind: "bwrap", home: "hidden", writable: ["~/.cache"], network: false });
    expect(config.review).toEqual({ models: ["a", "b"], template: join(home, "review.md") });
    expect(config.agents).toEqual({
      custom: { command: "./agent", args: ["--fast"], env: { LEVEL: "3" } },
      claude: { model: "opus" },
    });
    expect(config.chat.slack.operators).toEqual(["U1", "77"]);
    expect(config.chat.telegram.operators).toEqual([]);
    expect(config.origin["limits.run_minutes"]).toBe("config.yaml");
    expect(config.origin["agents.claude.model"]).toBe("config.yaml");
    expect(config.origin["limits.silence_minutes"]).toBe("default");
  });

  test("it is frozen all the way down", () => {
    write("agents: {custom: {args: [a]}}\n");
    const config = load();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.limits)).toBe(true);
    expect(Object.isFrozen(config.agents.custom?.args)).toBe(true);
    expect(Object.isFrozen(config.env.all)).toBe(true);
  });

  test("the home is ~/rally unless RALLY_HOME says otherwise, which must be absolute", () => {
    expect(loadConfig({ env: { HOME: "/nowhere/ana" }, cwd: "/" }).home).toBe("/nowhere/ana/rally");
    const problem = problemOf(() => loadConfig({ env: { HOME: "/h", RALLY_HOME: "here" }, cwd: "/" }));
    expect(problem.code).toBe("config");
    expect(problem.message).toBe('RALLY_HOME is "here", but it must be an absolute path.');
  });

  test("the token is the file's, else GH_TOKEN, else GITHUB_TOKEN, and its origin says which", () => {
    expect(load({ GITHUB_TOKEN: "b" }).github.token).toBe("b");
    expect(load({ GITHUB_TOKEN: "b", GH_TOKEN: "a" }).origin["github.token"]).toBe("GH_TOKEN");
    write("github: {token: c}\n");
    const config = load({ GH_TOKEN: "a" });
    expect([config.github.token, config.origin["github.token"]]).toEqual(["c", "config.yaml"]);
  });

  test("the environment: run, debug, colour, editor", () => {
    const { env: found } = load({ RALLY_RUN: "12", RALLY_DEBUG: "1", NO_COLOR: "1", EDITOR: "vi" });
    expect(found).toMatchObject({
      run: "12",
      debug: true,
      noColor: true,
      editor: "vi",
      user: "ana",
      cwd: "/work",
    });
    expect(load({ RALLY_DEBUG: "0" }).env.debug).toBe(false);
  });

  test("it costs about a millisecond", () => {
    write("# a comment\nlimits:\n  run_minutes: 90\nagents:\n  claude: {model: opus}\n" + "capacity: 3\n");
    load();
    const started = Bun.nanoseconds();
    for (let times = 0; times < 100; times++) load();
    expect((Bun.nanoseconds() - started) / 100 / 1e6).toBeLessThan(3);
  });
});

describe("a file that is wrong", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      "an unknown key",
      "capcity: 3\n",
      /config\.yaml:1: there is no setting capcity; did you mean capacity\?/,
    ],
    [
      "an unknown inner key, with its line",
      "capacity: 3\nlimits:\n  run_minute: 3\n",
      /config\.yaml:3: .*limits\.run_minutes\?/,
    ],
    ["an unknown section", "limit:\n  run_minutes: 3\n", /there is no setting limit/],
    ["a key without a neighbour", "zebra: 1\n", /there is no setting zebra\.$/],
    ["camel case", "limits: {runMinutes: 3}\n", /did you mean limits\.run_minutes\?/],
    [
      "a wrong type",
      "capacity: many\n",
      /:1: capacity is "many", but it must be a whole number of runs from 1 to 1000/,
    ],
    ["too small", "capacity: 0\n", /capacity is 0/],
    ["not whole", "capacity: 1.5\n", /capacity is 1\.5/],
    [
      "a word that is none of them",
      "mode: yolo\n",
      /mode is "yolo", but it must be one of read-only, work, full/,
    ],
    [
      "yes is a text",
      "heartbeat: {autostart: yes}\n",
      /heartbeat\.autostart is "yes", but it must be true or false/,
    ],
    [
      "a list that is a text",
      "review:\n  models: gpt\n",
      /:2: review\.models is "gpt", but it must be a list of texts/,
    ],
    ["a section that is a text", "limits: 5\n", /limits is 5, but it must be a mapping/],
    ["an agent's unknown key", "agents: {custom: {comand: x}}\n", /did you mean agents\.custom\.command\?/],
    ["an agent that is a text", "agents: {custom: x}\n", /agents\.custom is "x"/],
    ["a list at the top", "- a\n", /is not a mapping of settings/],
    ["two documents", "a: 1\n---\nb: 2\n", /is not a mapping of settings/],
    ["no YAML", "limits: [\n", /is not valid YAML/],
    ["a key of the prototype", "__proto__: 3\n", /there is no setting __proto__/],
    ["a secret's value is not shown", "github: {token: [ghp_abc]}\n", /github\.token is "…"/],
    ["a number that is no text", "agent: 7\n", /agent is 7, but it must be a line of text/],
  ];
  for (const [name, text, sentence] of cases)
    test(`${name}: one sentence`, () => {
      write(text);
      const problem = problemOf(load);
      expect(problem.code).toBe("config");
      expect(problem.message).toMatch(sentence);
      expect(problem.message).not.toContain("\n");
      expect(problem.hint).toBeTruthy();
    });

  test("leniently, what is right holds, what is wrong is the default, and the problem is told", () => {
    write("capacity: 3\nmode: yolo\n");
    const config = loadConfig({ env: env(), cwd: "/" }, { lenient: true });
    expect(config.problem?.message).toMatch(/mode is "yolo"/);
    expect([config.capacity, config.mode]).toEqual([3, "work"]);
    write("limits: [\n");
    expect(loadConfig({ env: env(), cwd: "/" }, { lenient: true }).capacity).toBe(6);
    const relative = loadConfig({ env: { HOME: "/h", RALLY_HOME: "x" }, cwd: "/" }, { lenient: true });
    expect([relative.home, relative.problem?.code]).toEqual(["/h/rally", "config"]);
  });

  test("a file that cannot be read", () => {
    mkdirSync(join(home, "config.yaml"));
    expect(problemOf(load).message).toBe(`${join(home, "config.yaml")} cannot be read.`);
  });
});

describe("the earlier tool's settings", () => {
  test("are understood", () => {
    write(
      "projectsDir: /srv/projects\nversion: 0.1.0\nsettings:\n  require_trust: ask\n  review_template: my.md\n" +
        "  deny_tools_copilot: ['shell(git push)', 'shell(gh)']\n  deny_tools_sandbox: ['shell(gh)']\n  disallow_temp_dir: true\n  docker_sandbox: always\n",
    );
    const config = load();
    expect(config.projectsDir).toBe("/srv/projects");
    expect(config.askTrust).toBe("once");
    expect(config.review.template).toBe(join(home, "my.md"));
    expect(config.denyTools).toEqual(["shell(git push)", "shell(gh)"]);
    expect(config.disallowTempDir).toBe(true);
    expect(config.sandbox.kind).toBe("bwrap");
    expect(config.origin.ask_trust).toBe("config.yaml (settings.require_trust)");
  });

  test("give way to today's, wherever those stand", () => {
    write("ask_trust: never\nsettings: {require_trust: always}\n");
    expect([load().askTrust, load().origin.ask_trust]).toEqual(["never", "config.yaml"]);
  });

  test("are checked", () => {
    write("settings: {require_trust: perhaps}\n");
    expect(problemOf(load).message).toMatch(
      /settings\.require_trust is "perhaps", but it must be one of always, ask, never/,
    );
    write("settings: {colour: red}\n");
    expect(problemOf(load).message).toMatch(/settings\.colour/);
    write("settings: 3\n");
    expect(problemOf(load).message).toMatch(/settings is 3/);
  });
});

describe("who acts", () => {
  const user = (more: Record<string, string>) =>
    loadConfig({ env: { HOME: "/home/ana", RALLY_HOME: home, ...more }, cwd: "/work" }).env.user;

  test("by USER, else by LOGNAME", () => {
    expect(user({ USER: "ana", LOGNAME: "ben" })).toBe("ana");
    expect(user({ LOGNAME: "ben" })).toBe("ben");
    expect(user({ USER: "", LOGNAME: "ben" })).toBe("ben");
  });

  test("without either by the system's name for the process, or by its number; never unknown", () => {
    const known = Bun.spawnSync(["id", "-un"]);
    const name = known.exitCode === 0 ? known.stdout.toString().trim() : `uid-${process.getuid?.()}`;
    expect(user({})).toBe(name);
  });
});
