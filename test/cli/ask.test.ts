import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "ask-main.ts");
const ENV = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", TERM: "xterm-256color", NO_COLOR: "1" };

/** The program within a terminal of its own, run by a shell that tells how it ended and how it left the terminal. */
async function inTerminal(
  what: string,
  act: (screen: {
    wait: (text: string) => Promise<void>;
    send: (keys: string) => void;
    pid: () => number;
  }) => Promise<void>,
) {
  let seen = "";
  const decoder = new TextDecoder();
  const direct = `'${process.execPath}' '${MAIN}' ${what}; code=$?; echo "exit=$code"; stty -a | tr ' ;' '\\n\\n' | grep -x -- '-\\?icanon\\|-\\?echo' | tr '\\n' ' '; echo end`;
  const child = Bun.spawn(["sh", "-c", `trap : INT; ${direct}`], {
    env: ENV,
    terminal: {
      cols: 80,
      rows: 24,
      data: (_terminal, data) => {
        seen += decoder.decode(data, { stream: true });
      },
    },
  });
  const wait = async (text: string) => {
    for (let tries = 0; !seen.includes(text); tries++) {
      if (tries > 500) throw new Error(`"${text}" did not come, but ${JSON.stringify(seen)}`);
      await Bun.sleep(10);
    }
  };
  const send = (keys: string) => void child.terminal?.write(keys);
  await act({ wait, send, pid: () => child.pid });
  await wait("end\r\n");
  await child.exited;
  return seen;
}

describe("on a terminal", () => {
  test("y and n answer at once, enter takes the default", async () => {
    for (const [keys, answer] of [
      ["y", true],
      ["n", false],
      ["\r", false],
      ["x\u001b", false],
    ] as const) {
      const seen = await inTerminal("confirm", async ({ wait, send }) => {
        await wait("Remove 2 worktrees? [y/N] ");
        send(keys);
      });
      expect(seen).toContain(`answer ${answer}\r\n`);
      expect(seen).toMatch(/exit=0\r\n(echo icanon|icanon echo)/);
    }
  });

  test("typing, marks and enter pick several", async () => {
    const seen = await inTerminal("pick", async ({ wait, send }) => {
      await wait("30 of 30");
      send("special");
      await wait("1 of 30");
      send(" ");
      await wait("[x] #7");
      send("\u0015");
      await wait("30 of 30");
      send("\u001b[B ");
      await wait("[x] #2");
      send("\r");
    });
    expect(seen).toContain("picked 2,7\r\n");
    expect(seen).toMatch(/exit=0\r\n(echo icanon|icanon echo)/);
    expect(seen.lastIndexOf("\u001b[?25h")).toBeGreaterThan(seen.lastIndexOf("\u001b[?25l"));
  });

  test("escape picks nothing", async () => {
    const seen = await inTerminal("pick", async ({ wait, send }) => {
      await wait("30 of 30");
      send("\u001b");
    });
    expect(seen).toContain("picked \r\n");
  });

  test("Ctrl-C ends the program by its signal, and the terminal is as it was", async () => {
    for (const what of ["pick", "confirm"]) {
      const seen = await inTerminal(what, async ({ wait, send }) => {
        await wait(what === "pick" ? "30 of 30" : "[y/N] ");
        send("\u0003");
      });
      expect(seen).toContain("exit=130\r\n");
      expect(seen).toMatch(/(echo icanon|icanon echo) end/);
      expect(seen.lastIndexOf("\u001b[?25h")).toBeGreaterThan(seen.lastIndexOf("\u001b[?25l"));
    }
  });

  test("TERM, too, leaves the terminal as it was", async () => {
    const seen = await inTerminal("pick", async ({ wait, pid }) => {
      await wait("30 of 30");
      const children = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(pid())]).stdout.toString();
      process.kill(Number(children.trim().split(/\s+/)[0]), "SIGTERM");
    });
    expect(seen).toContain("exit=143\r\n");
    expect(seen).toMatch(/(echo icanon|icanon echo) end/);
  });

  test("progress is one line, and nothing is left of it", async () => {
    const seen = await inTerminal("progress", async ({ wait }) => wait("fetching"));
    expect(seen).toContain("\r\u001b[2K\u001b[?25hdone\r\n");
    expect(seen).not.toContain("\u001b[2J");
  });
});

describe("without a terminal", () => {
  const run = (what: string) => {
    const child = Bun.spawnSync([process.execPath, MAIN, what], { env: ENV, stdin: "ignore" });
    return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
  };

  test("a question is refused, and the flag named", () => {
    expect(run("confirm")).toEqual({
      code: 5,
      out: "",
      err: "Without a terminal nobody can be asked: Remove 2 worktrees?\nhint: add --yes\n",
    });
  });

  test("nothing is picked, and what to type is named", () => {
    expect(run("pick")).toEqual({
      code: 2,
      out: "",
      err: "Without a terminal nothing can be picked, so say which.\nhint: rally dispatch 42\n",
    });
  });

  test("no progress is shown", () => {
    expect(run("progress")).toEqual({ code: 0, out: "done\n", err: "" });
  });
});
