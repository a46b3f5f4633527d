import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

setDefaultTimeout(120_000);

const ROOT = join(import.meta.dir, "../..");
const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-e2e-demo-")));
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const RALLY = [process.execPath, "--no-env-file", "--config=/dev/null", join(ROOT, "src/main.ts")];
/** What root would be let do must work for everybody else, too. */
const AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Nobody's words to start a program with, where root can become nobody and nobody can read Rally; else none. */
function asSomebodyElse(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const tried = Bun.which("setpriv") && Bun.spawnSync([...AS_NOBODY, ...RALLY, "--version"]).exitCode === 0;
  if (tried) return AS_NOBODY;
  console.warn("THE DEMO IS TRIED AS ROOT ONLY: nobody cannot be become here, or cannot read Rally.");
  return [];
}

/** The demo of a caller with an empty home, a temporary folder of its own and no terminal. */
function demo(name: string, flags: readonly string[] = [], as: readonly string[] = []) {
  const folder = join(root, name);
  // Its temporary folder has a space in it.
  const temporary = join(folder, "tmp dir");
  for (const path of [join(folder, "home"), temporary]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
  }
  const env = { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), TMPDIR: temporary };
  const child = Bun.spawn([...as, ...RALLY, "demo", "--agent", "scripted", ...flags], {
    cwd: folder,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const said = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return {
    child,
    // Bun keeps a cache of its own in the home of whoever starts it.
    left: () => [
      ...readdirSync(temporary),
      ...readdirSync(join(folder, "home")).filter((at) => at !== ".bun"),
    ],
    temporary,
    ended: async () => {
      const [stdout, stderr] = await said;
      return { code: await child.exited, stdout, stderr };
    },
  };
}

const others = asSomebodyElse();
/** At the same time, because each takes long; both in homes of their own. */
let whole: ReturnType<typeof demo>;
let kept: ReturnType<typeof demo>;
beforeAll(() => {
  whole = demo("whole");
  kept = demo("kept", ["--keep"], others);
});

test("the demo does the main job from the repository to the merge, and leaves nothing", async () => {
  const { ended, left } = whole;
  const { code, stdout, stderr } = await ended();
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  const typed = [...stdout.matchAll(/^\$ rally (\S+)/gm)].map((match) => match[1]);
  const job = ["onboard", "dispatch", "status", "diff", "continue", "push", "pr", "clean", "undo"];
  expect(job.filter((command) => !typed.includes(command))).toEqual([]);
  expect(stdout).toContain("ready for review");
  expect(stdout).toContain("needs your answer");
  expect(stdout).toMatch(/failed \(agent\): exit code 139 \(SIGSEGV\)/);
  expect(stdout).toMatch(/✅.*#41.*done.*#48 merged/);
  expect(stdout).toContain("Everything came out as it should");
  expect(left()).toEqual([]);
});

test("interrupted in the middle, it stops what it started, removes its folder and says so by its end", async () => {
  const { child, ended, left, temporary } = demo("interrupted");
  const [folder] = await something(() => readdirSync(temporary));
  const runs = join(temporary, folder ?? "", "home", "runs");
  await something(() => entries(runs).filter((name) => /^\d+$/.test(name)));
  child.kill("SIGINT");
  await ended();
  expect(child.signalCode).toBe("SIGINT");
  expect(left()).toEqual([]);
  expect(of(join(temporary, folder ?? ""))).toEqual([]);
});

test("with --keep its home stays, and it says how to look around; nothing of it is alive", async () => {
  const { ended, left, temporary } = kept;
  const { code, stdout, stderr } = await ended();
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  const [, home = ""] = /RALLY_HOME='?([^'\n]+\/home)/.exec(stdout) ?? [];
  expect(left()).toHaveLength(1);
  expect(of(join(temporary, left()[0] ?? ""))).toEqual([]);
  const status = Bun.spawnSync([...others, ...RALLY, "status", "--json"], {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "", HOME: root, RALLY_HOME: home },
  });
  const { dispatches } = JSON.parse(status.stdout.toString()) as { dispatches: { display: string }[] };
  expect(dispatches.map(({ display }) => display).sort()).toEqual([
    "done",
    "needs_you",
    "needs_you",
    "ready",
    "ready",
    "stopped",
    "stopped",
  ]);
});

/** Live processes whose environment names the folder. Where there is no /proc it cannot be told, and the demo's word stands. */
function of(folder: string): number[] {
  return entries("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && environ(pid).includes(`RALLY_HOME=${folder}/`));
}

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function something(look: () => string[]): Promise<string[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = look();
    if (found.length > 0 || Date.now() > until) return found;
    await Bun.sleep(50);
  }
}
