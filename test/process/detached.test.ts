import { afterAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readExit, readStart, spawnDetached } from "../../src/process/detached.ts";
import { alive, identity, ownIdentity } from "../../src/process/identity.ts";
import { processRow } from "../../src/process/table.ts";
import { ENV, scratch, until } from "./scratch.ts";

const folder = scratch();
afterAll(() => folder.remove());
let runs = 0;

function options(argv: readonly string[], prompt = "", more: Record<string, string> = {}) {
  const name = String(++runs);
  const runDir = join(folder.path, "runs", name);
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(runDir, "prompt"), prompt);
  const endedDir = join(folder.path, "runs", "ended");
  return { runDir, endedDir, name, argv, cwd: folder.path, env: { ...ENV, ...more } };
}

function script(text: string, prompt = "", more: Record<string, string> = {}) {
  return options(["sh", "-c", text], prompt, more);
}

const log = (runDir: string) => readFileSync(join(runDir, "log"), "utf8");
const ended = (runDir: string) => until("an exit code", () => readExit(runDir) !== null);

test("the exit code is recorded, then the name is dropped", async () => {
  for (const code of [0, 7, 130, 143]) {
    const run = script(`echo out; echo err >&2; exit ${code}`);
    await spawnDetached(run);
    await until("the name", () => readdirSync(run.endedDir).includes(run.name));
    expect(readExit(run.runDir)).toBe(code);
    expect(log(run.runDir)).toBe("out\nerr\n");
  }
});

test("it runs in a session of its own, is who it says, and its files are for the user alone", async () => {
  const run = script("echo $PWD; umask; ls /proc/self/fd; sleep 20");
  const { pid, identity: who } = await spawnDetached(run);
  expect(readStart(run.runDir)).toEqual(who);
  expect(identity(pid)).toEqual(who);
  expect(processRow(pid)).toMatchObject({ group: pid, session: pid });
  await until("its output", () => log(run.runDir).split("\n").length > 6);
  const umask = process.umask().toString(8).padStart(4, "0");
  expect(log(run.runDir)).toBe(`${folder.path}\n${umask}\n0\n1\n2\n3\n`);
  process.kill(-pid, "SIGTERM");
  await ended(run.runDir);
  for (const file of ["pid", "exit", "log"]) {
    expect(statSync(join(run.runDir, file)).mode & 0o777).toBe(0o600);
  }
});

test("TERM to the group at any moment never loses the code", async () => {
  const started = [];
  for (let delayMs = 0; delayMs < 24; delayMs += 1) {
    const run = script("sleep 0.006; exit 7");
    const { pid } = await spawnDetached(run);
    started.push(run);
    await Bun.sleep(delayMs / 2);
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // Ended before it was asked to.
    }
  }
  for (const run of started) {
    await ended(run.runDir);
    expect([7, 143]).toContain(Number(readExit(run.runDir)));
    await until("the name", () => readdirSync(run.endedDir).includes(run.name));
  }
});

test("KILL to the group leaves no code", async () => {
  const run = script("sleep 20");
  const { pid, identity: who } = await spawnDetached(run);
  process.kill(-pid, "SIGKILL");
  await until("it is dead", () => alive(who) === "dead");
  expect(readExit(run.runDir)).toBeNull();
  expect(readdirSync(run.endedDir)).not.toContain(run.name);
});

test("of eight wrappers in one folder exactly one executes the agent", async () => {
  const run = script("echo once; sleep 0.2");
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => spawnDetached(run)));
  expect(all.filter((each) => each.status === "fulfilled")).toHaveLength(1);
  for (const each of all) if (each.status === "rejected") expect(each.reason.code).toBe("conflict");
  await ended(run.runDir);
  await expect(spawnDetached(run)).rejects.toThrow("has been started already");
  expect(log(run.runDir)).toBe("once\n");
  expect(readExit(run.runDir)).toBe(0);
});

test("the agent outlives its spawner, killed, and its terminal, closed", async () => {
  const run = script("sleep 0.4; echo went on; exit 3");
  const module = join(import.meta.dir, "../../src/process/detached.ts");
  const code = `const { spawnDetached } = await import(${JSON.stringify(module)});
    await spawnDetached(${JSON.stringify(run)}); process.kill(process.pid, "SIGKILL");`;
  const spawner = Bun.spawn([process.execPath, "-e", code], {
    env: ENV,
    terminal: { cols: 80, rows: 24 },
  });
  await spawner.exited;
  spawner.terminal?.close();
  expect(spawner.signalCode).toBe("SIGKILL");
  await ended(run.runDir);
  expect([readExit(run.runDir), log(run.runDir)]).toEqual([3, "went on\n"]);
});

test("on a terminal the agent has the person's keys, Ctrl-C included, and its code is recorded", async () => {
  const run = script(
    "trap 'echo caught; exit 9' INT; read -r line; echo got $line; while :; do sleep 0.02; done",
  );
  const module = join(import.meta.dir, "../../src/process/detached.ts");
  const code = `const { spawnHere } = await import(${JSON.stringify(module)}); process.on("SIGINT", () => {});
    const { exited } = await spawnHere(${JSON.stringify(run)}); process.exit(await exited);`;
  let screen = "";
  const terminal = {
    cols: 80,
    rows: 24,
    data: (_: unknown, bytes: Uint8Array) => {
      screen += Buffer.from(bytes).toString();
    },
  };
  const rally = Bun.spawn([process.execPath, "-e", code], { env: ENV, terminal });
  await until("a start", () => readStart(run.runDir) !== null);
  rally.terminal?.write("hello\n");
  await until("its answer", () => screen.includes("got hello"));
  rally.terminal?.write("\x03");
  expect(await rally.exited).toBe(9);
  rally.terminal?.close();
  expect([readExit(run.runDir), screen.includes("caught")]).toEqual([9, true]);
});

test("a prompt of 300 KB comes whole, and odd arguments as they are", async () => {
  const prompt = "日本語 'x' $(id)\n".repeat(16_000);
  const odd = ["-n", "a\nb", "$(id)", "`id`", "日本 'x'", "", "--"];
  const run = options(["sh", "-c", `wc -c; printf '[%s]' "$@"`, "sh", ...odd], prompt);
  await spawnDetached(run);
  await ended(run.runDir);
  expect(log(run.runDir)).toBe(`${Buffer.byteLength(prompt)}\n${odd.map((each) => `[${each}]`).join("")}`);
});

test("variables of the wrapper do not show in the agent, whatever the environment holds", async () => {
  const run = script("echo $code $run $stat", "", { code: "a", run: "b", stat: "c" });
  await spawnDetached(run);
  await ended(run.runDir);
  expect(log(run.runDir)).toBe("a b c\n");
});

test("a second run appends to the log and a program that cannot be executed says 126 or 127", async () => {
  const run = script("echo more");
  writeFileSync(join(run.runDir, "log"), "before\n");
  await spawnDetached(run);
  await ended(run.runDir);
  expect(log(run.runDir)).toBe("before\nmore\n");
  const gone = script("exec /nowhere/at/all");
  await spawnDetached(gone);
  await ended(gone.runDir);
  expect(readExit(gone.runDir)).toBe(127);
});

test("what cannot start is a problem, and nothing is executed", async () => {
  const noPrompt = { ...script("touch executed"), runDir: join(folder.path, "nowhere") };
  await expect(spawnDetached(noPrompt)).rejects.toMatchObject({ code: "missing" });
  const noFolder = { ...script("touch executed"), cwd: join(folder.path, "gone") };
  await expect(spawnDetached(noFolder)).rejects.toMatchObject({ code: "missing" });
  await expect(spawnDetached(options(["rally-no-such"]))).rejects.toMatchObject({ code: "missing" });
  expect(readdirSync(folder.path)).not.toContain("executed");
  expect([readStart(noPrompt.runDir), readExit(noPrompt.runDir)]).toEqual([null, null]);
});

test("a half-written record is no record", () => {
  const { runDir } = script("");
  writeFileSync(join(runDir, "pid"), "");
  writeFileSync(join(runDir, "exit"), "1");
  expect([readStart(runDir), readExit(runDir)]).toEqual([null, null]);
  writeFileSync(join(runDir, "pid"), "12 (sh) S 1\nboot");
  expect(readStart(runDir)).toBeNull();
  expect(ownIdentity().pid).toBe(process.pid);
});
