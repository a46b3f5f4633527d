import type { LaunchRequest } from "../../../src/agents/agent.ts";
import { agents } from "../../../src/agents/registry.ts";
import type { Bench } from "./bench.ts";

export type Terminal = {
  /** What was written so far, without escape codes and blanks: full-screen programs place words by codes. */
  words(): string;
  type(text: string): Promise<void>;
  until(condition: () => boolean, what: string): Promise<void>;
  close(): Promise<void>;
};

/** Starts what `attach` gives in a terminal of its own, and answers what full-screen programs ask a terminal. */
export function openTerminal(bench: Bench, name: string, request: LaunchRequest): Terminal {
  const launch = agents[name]?.attach(request);
  if (!launch) throw new Error(`${name} cannot be attached to`);
  const decoder = new TextDecoder();
  let screen = "";
  const child = Bun.spawn([...launch.argv], {
    cwd: bench.worktree,
    env: bench.env(request, launch.env),
    terminal: {
      cols: 120,
      rows: 40,
      data(terminal, bytes) {
        const text = decoder.decode(bytes);
        screen += text;
        for (const [question, answer] of ANSWERS) if (text.includes(question)) terminal.write(answer);
      },
    },
  });
  const terminal = child.terminal;
  if (!terminal) throw new Error("no terminal");
  const words = () => screen.replace(CODES, "").replace(/\s+/g, "");
  return {
    words,
    async type(text) {
      for (const character of text) {
        terminal.write(character);
        await Bun.sleep(20);
      }
    },
    async until(condition, what) {
      const end = Date.now() + 40_000;
      while (!condition()) {
        if (Date.now() > end)
          throw new Error(`${what} did not come; the screen ends with ${words().slice(-600)}`);
        await Bun.sleep(50);
      }
    },
    async close() {
      child.kill("SIGTERM");
      const ended = await Promise.race([child.exited, Bun.sleep(3_000).then(() => "late")]);
      if (ended === "late") child.kill("SIGKILL");
      terminal.close();
    },
  };
}

const ESC = "\u001b";
const ANSWERS = [
  [`${ESC}[6n`, `${ESC}[1;1R`],
  [`${ESC}[c`, `${ESC}[?62;c`],
  [`${ESC}[?u`, `${ESC}[?0u`],
  [`${ESC}]10;?`, `${ESC}]10;rgb:ffff/ffff/ffff\u0007`],
  [`${ESC}]11;?`, `${ESC}]11;rgb:0000/0000/0000\u0007`],
] as const;
const CODES = new RegExp(
  `${ESC}(\\[[0-9;?<>=]*[ -/]*[@-~]|\\][^\u0007${ESC}]*(\u0007|${ESC}\\\\)|[()=>78][0B]?)`,
  "g",
);
