import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome, until } from "./home.ts";

setDefaultTimeout(30_000);

let home: Home;
let env: Record<string, string>;

beforeAll(async () => {
  home = await newHome(CONFIG.replace("autostart: false", "autostart: true"));
  const bin = join(home.folder, "bin");
  mkdirSync(bin);
  const words = program().map((word) => `'${word}'`);
  writeFileSync(join(bin, "rally"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(join(bin, "rally"), 0o755);
  env = { ...home.env, PATH: `${bin}:${home.env.PATH}` };
});
afterAll(() => home.remove());

/** Every file below Rally's home, with its time and size. */
const files = () =>
  readdirSync(home.rallyHome, { recursive: true })
    .map(String)
    .sort()
    .map((name) => `${name} ${statSync(join(home.rallyHome, name)).mtimeMs}`);

const asked = async (...words: string[]) =>
  (await home.rally("__complete", ...words)).out.split("\n").slice(0, -1);

test("a home without a database stays without one", async () => {
  const before = files();
  expect(await asked("show", "")).toEqual([]);
  expect(await asked("sta")).toEqual(["status\tShow every dispatch, what needs you first"]);
  expect(files()).toEqual(before);
  expect(existsSync(join(home.rallyHome, "rally.db"))).toBe(false);
});

test("dispatches and projects of the home, nothing written and nobody woken", async () => {
  await home.rally("config", "set", "heartbeat.autostart", "false");
  await home.rally("onboard", ".", "--local");
  await home.rally("dispatch", "task", "Fix it", "--model", "finish", "--wait");
  await home.rally("config", "set", "heartbeat.autostart", "true");
  const before = files();
  expect(await asked("show", "")).toEqual(["1\ttask Fix it"]);
  expect(await asked("offboard", "")).toEqual([`app\t${home.repo}`]);
  expect(await asked("--project", "a")).toEqual([`app\t${home.repo}`]);
  expect(await asked("config", "get", "setup.")).toEqual([
    "setup.script\t",
    "setup.copy\t",
    "setup.timeout_minutes\t",
  ]);
  expect(await asked("dispatch", "--agent", "cl")).toEqual(["claude\t"]);
  expect(files()).toEqual(before);
});

test("a broken config and a damaged database offer less, and say nothing", async () => {
  const broken = await newHome("capacity: many\n");
  writeFileSync(
    join(broken.rallyHome, "rally.db"),
    "this is no database, and long enough to be looked at ".repeat(100),
  );
  expect(await broken.rally("__complete", "show", "")).toEqual({ code: 0, out: "", err: "" });
  expect((await broken.rally("__complete", "doc")).out).toStartWith("doctor\t");
  broken.remove();
});

test("bash completes at a press of Tab", async () => {
  const bash = Bun.which("bash");
  if (!bash) return console.error("bash is not installed here: its completion was not tried");
  const screen = home.terminal(["env", `PATH=${env.PATH}`, "PS1=$ ", bash, "--norc", "-i"]);
  const sees = (text: string) =>
    until(
      () => `${text} in ${screen.shown()}`,
      () => screen.shown().includes(text),
    );
  screen.type('eval "$(rally completion bash)"; echo rea""dy\n');
  await sees("ready");
  screen.type("rally sta\t");
  await sees("rally status ");
  screen.type("\u0015rally show \t");
  await sees("rally show 1");
  screen.type("\u0015exit\n");
  await screen.exited;
});

test.each(["bash", "zsh", "fish"])("%s reads the script without a complaint", async (shell) => {
  const script = await home.rally("completion", shell);
  expect(script).toMatchObject({ code: 0, err: "" });
  const path = join(home.folder, `rally.${shell}`);
  writeFileSync(path, script.out);
  if (!Bun.which(shell)) return console.error(`${shell} is not installed here: its script was not read`);
  const read = await run([shell, "-n", path], { cwd: home.folder, env, timeoutMs: 10_000, maxBytes: 1e5 });
  expect([read.code, read.stderr]).toEqual([0, ""]);
});
