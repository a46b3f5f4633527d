import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { detectBwrap, wallsHint } from "../../src/agents/walls/detect.ts";
import { LINGER } from "../../src/agents/walls/linger.ts";
import { inOrder } from "../../src/agents/walls/mounts.ts";
import { chooseWalls, type WallRequest, wall } from "../../src/agents/walls.ts";

/** What the walls are to be, as bubblewrap is told; whether they hold is tried in the other files. */

const root = realpathSync(mkdtempSync(join(tmpdir(), "rally-plan-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (path: string) => join(root, path);
for (const path of ["home/.ssh/id", "home/dots/aws/key", "home/.docker/buildx/x", "home/.config/gh/y"]) {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), "secret");
}
for (const path of ["home/rally/runs/1", "home/code/app/.worktrees/w/.git"])
  mkdirSync(at(path), { recursive: true });
symlinkSync("dots/aws", at("home/.aws"));

const bwrap = { program: "/usr/bin/bwrap", version: "bubblewrap 0.8.0", terminalIsSafe: false };
const request: WallRequest = {
  argv: ["agent", "--go"],
  env: { PATH: "/bin", API_KEY: "hush" },
  ...{ mode: "work", worktree: at("home/code/app/.worktrees/w"), repository: at("home/code/app") },
  ...{
    home: at("home"),
    rallyHome: at("home/rally"),
    show: "masked",
    state: [".agent"],
    writable: [],
    binds: [],
  },
  ...{ network: true, terminal: false, scratch: at("home/rally/runs/1/walls") },
};

/** The mounts of one path, in order. */
function mountsOf(argv: readonly string[], path: string): string[] {
  return argv.flatMap((each, index) => {
    if (each === "--tmpfs" && argv[index + 1] === at(path)) return ["nothing"];
    if (each.endsWith("bind") && argv[index + 2] === at(path)) return [each === "--bind" ? "write" : "read"];
    return [];
  });
}

test("no variable's value is in an argv, and the agent's own words come last", () => {
  const { argv, env } = wall(bwrap, request);
  expect(argv.join(" ")).not.toContain("hush");
  expect(env).toEqual(request.env);
  expect(argv.slice(argv.indexOf("--chdir"), -2)).toEqual(["--chdir", request.worktree, "--", ...LINGER]);
  expect(argv.slice(-2)).toEqual(["agent", "--go"]);
});

test("a secret that is a link is covered where it is", () => {
  const { argv } = wall(bwrap, request);
  expect(mountsOf(argv, "home/dots/aws")).toEqual(["nothing"]);
  expect(mountsOf(argv, "home/.ssh")).toEqual(["nothing"]);
});

test("the most specific path decides, whichever was named first", () => {
  const opened = { ...request, writable: [at("home/.docker/buildx"), at("home/.config")] };
  const { argv } = wall(bwrap, opened);
  const order = (path: string) => argv.indexOf(at(path));
  expect(mountsOf(argv, "home/.docker")).toEqual(["nothing"]);
  expect(mountsOf(argv, "home/.docker/buildx")).toEqual(["write"]);
  expect(order("home/.docker")).toBeLessThan(order("home/.docker/buildx"));
  expect(order("home/.config")).toBeLessThan(order("home/.config/gh"));
  expect(mountsOf(argv, "home/.config/gh")).toEqual(["nothing"]);
});

test("what is below a writable path is not bound again: it may have become a link to anywhere", () => {
  mkdirSync(at("open/inner"), { recursive: true });
  symlinkSync(at("home/.ssh"), at("open/link"));
  const mounts = inOrder([
    { at: at("open/inner"), how: "write" },
    { at: at("open"), how: "write" },
    { at: at("open/link"), how: "write" },
    { at: at("open/link"), how: "read" },
    { at: at("gone"), how: "nothing" },
  ]);
  expect(mounts.map((mount) => mount.at)).toEqual([at("open")]);
});

test("a path that would open a whole home is refused", () => {
  for (const path of ["/", root, at("home"), at("home/rally")]) {
    expect(() => wall(bwrap, { ...request, writable: [path] })).toThrow("would open");
  }
});

test("a terminal keeps its session only where the kernel makes that safe", () => {
  const has = (terminal: boolean, terminalIsSafe: boolean) =>
    wall({ ...bwrap, terminalIsSafe }, { ...request, terminal }).argv.includes("--new-session");
  expect([has(false, true), has(false, false), has(true, false), has(true, true)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("auto goes on without walls and says why, bwrap refuses, none asks nothing", async () => {
  const absent = await detectBwrap(at("nowhere"));
  expect(absent).toEqual({ why: "bubblewrap is not installed" });
  expect(chooseWalls("auto", absent)).toEqual({
    bwrap: null,
    warning:
      "no sandbox (bubblewrap is not installed): an agent that looks for your credentials can find them",
  });
  expect(() => chooseWalls("bwrap", absent)).toThrow(
    "The sandbox cannot be used: bubblewrap is not installed.",
  );
  expect(chooseWalls("none", bwrap)).toEqual({ bwrap: null, warning: null });
  expect(chooseWalls("auto", bwrap)).toEqual({ bwrap, warning: null });
});

test("where there is no Linux there is no wall, and nobody is told to install bubblewrap", async () => {
  const absent = await detectBwrap("/usr/bin:/bin", "darwin");
  expect(absent).toEqual({ why: "bubblewrap is for Linux, and there is no other wall" });
  expect(() => chooseWalls("bwrap", absent)).toThrow("bubblewrap is for Linux");
  expect(wallsHint("darwin")).not.toContain("bubblewrap");
  expect(wallsHint("linux")).toContain("Install bubblewrap");
});

test("a bubblewrap that is there and does not work is not used", async () => {
  mkdirSync(at("bin"));
  const program = at("bin/bwrap");
  writeFileSync(
    program,
    '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit\necho no namespaces >&2; exit 1\n',
    {
      mode: 0o755,
    },
  );
  const detected = await detectBwrap(`${at("bin")}:/usr/bin:/bin`);
  expect(detected).toEqual({ why: "bubblewrap 0.8.0 does not work here (no namespaces)" });
});

test("nor is one that cannot be run at all: whoever asks is told why, and nothing fails of it", async () => {
  mkdirSync(at("broken"));
  writeFileSync(at("broken/bwrap"), "\u007fELF of another machine", { mode: 0o755 });
  const detected = await detectBwrap(`${at("broken")}:/usr/bin:/bin`);
  expect(detected).toEqual({ why: `${at("broken/bwrap")} cannot be started in /` });
});
