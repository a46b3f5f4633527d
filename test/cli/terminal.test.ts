import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const MAIN = `'${process.execPath}' '${join(import.meta.dir, "terminal-main.ts")}'`;
const ENV = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", TERM: "xterm" };

function sh(script: string, env: Record<string, string> = {}) {
  const child = Bun.spawnSync(["sh", "-c", script], { env: { ...ENV, ...env }, stdin: "ignore" });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

async function onTerminal(script: string, env: Record<string, string> = {}): Promise<string> {
  let seen = "";
  const child = Bun.spawn(["sh", "-c", script], {
    env: { ...ENV, ...env },
    terminal: {
      cols: 97,
      rows: 24,
      data: (_terminal, data) => {
        seen += new TextDecoder().decode(data);
      },
    },
  });
  await child.exited;
  for (let tries = 0; !seen.includes("\n") && tries < 100; tries++) await Bun.sleep(10);
  return seen;
}

describe("what is printed to", () => {
  test("a pipe and a file are no terminal, and neither is /dev/null", () => {
    expect(JSON.parse(sh(MAIN).out)).toEqual({
      width: null,
      outTty: false,
      errTty: false,
      inTty: false,
      colour: false,
    });
    expect(JSON.parse(sh(MAIN, { COLUMNS: "70" }).out).width).toBe(70);
    expect(JSON.parse(sh(MAIN, { COLUMNS: "many" }).out).width).toBeNull();
  });

  test("a terminal tells its width, and has colour unless NO_COLOR or a dumb one", async () => {
    const all = { width: 97, outTty: true, errTty: true, inTty: true };
    expect(JSON.parse(await onTerminal(MAIN))).toEqual({ ...all, colour: true });
    expect(JSON.parse(await onTerminal(MAIN, { NO_COLOR: "1" }))).toEqual({ ...all, colour: false });
    expect(JSON.parse(await onTerminal(MAIN, { TERM: "dumb" }))).toEqual({ ...all, colour: false });
  });
});

describe("much output", () => {
  test("comes whole through a pipe that is read slowly", () => {
    expect(sh(`${MAIN} much | { sleep 0.2; wc -c; }`)).toEqual({
      code: 0,
      out: "5000000\n",
      err: "all written\n",
    });
  });

  test("ends in silence where nobody reads any more", () => {
    const { code, out, err } = sh(`{ ${MAIN} much; echo "code $?" >&2; } | head -c 3`);
    expect([code, out]).toEqual([0, "xxx"]);
    expect(err).toBe("all written\ncode 0\n");
  });

  test("a closed stdout or stderr is no bug", () => {
    expect(sh(`${MAIN} >&-`).err).toBe("");
    expect(sh(`${MAIN} much 2>&- >/dev/null`).code).toBe(0);
  });
});
