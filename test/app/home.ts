import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";

export type Said = { readonly code: number | null; readonly out: string; readonly err: string };

export type Screen = {
  /** All that was shown so far, escape sequences taken out. */
  shown(): string;
  type(text: string): void;
  /** As if the window was closed. */
  close(): void;
  readonly pid: number;
  readonly exited: Promise<number>;
};

/** A person's machine: a home, Rally's home, a local repository with one commit; all of it removed by `remove`. */
export type Home = {
  readonly folder: string;
  readonly rallyHome: string;
  readonly repo: string;
  readonly env: Record<string, string>;
  /** The real program, without a terminal. */
  rally(...words: string[]): Promise<Said>;
  json<T>(...words: string[]): Promise<T>;
  /** The real program on a terminal. */
  screen(...words: string[]): Screen;
  /** Any program on a terminal. */
  terminal(argv: string[]): Screen;
  git(...words: string[]): Promise<string>;
  remove(): void;
};

export const CONFIG =
  "agent: scripted\nnotify: none\nsandbox:\n  kind: none\nheartbeat:\n  autostart: false\n";

export async function newHome(config: string = CONFIG, files: Record<string, string> = {}): Promise<Home> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "rally-app-")));
  const rallyHome = join(folder, "rally");
  const repo = join(folder, "app");
  for (const path of [rallyHome, repo, join(folder, "home")]) mkdirSync(path, { mode: 0o700 });
  writeFileSync(
    join(folder, "home/.gitconfig"),
    "[user]\n\tname = Ana\n\temail = ana@example.org\n[init]\n\tdefaultBranch = main\n",
  );
  if (config !== "") writeFileSync(join(rallyHome, "config.yaml"), config, { mode: 0o600 });
  const env = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: join(folder, "home"),
    RALLY_HOME: rallyHome,
    USER: "ana",
    SHELL: "/bin/sh",
    TERM: "xterm-256color",
    LC_ALL: "C.UTF-8",
    NO_COLOR: "1",
  };
  const home: Home = {
    folder,
    rallyHome,
    repo,
    env,
    rally: async (...words) => {
      const done = await run([...program(), ...words], { cwd: repo, env, timeoutMs: 30_000, maxBytes: 4e6 });
      return { code: done.code, out: done.stdout, err: done.stderr };
    },
    json: async <T>(...words: string[]) => {
      const said = await home.rally(...words, "--json");
      if (said.code !== 0) throw new Error(`rally ${words.join(" ")}: ${said.code} ${said.err}`);
      return JSON.parse(said.out) as T;
    },
    screen: (...words) => onTerminal([...program(), ...words], repo, env),
    terminal: (argv) => onTerminal(argv, repo, env),
    git: async (...words) => {
      const done = await run(["git", ...words], { cwd: repo, env, timeoutMs: 20_000, maxBytes: 4e6 });
      if (done.code !== 0) throw new Error(`git ${words.join(" ")}: ${done.stderr}`);
      return done.stdout.trim();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  await home.git("init", "--quiet");
  for (const [name, text] of Object.entries({ "README.md": "# App\n", ...files }))
    writeFileSync(join(repo, name), text);
  await home.git("add", "--all");
  await home.git("commit", "--quiet", "--message", "Begin");
  return home;
}

function onTerminal(argv: string[], cwd: string, env: Record<string, string>): Screen {
  let all = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn(argv, {
    cwd,
    env,
    terminal: {
      cols: 100,
      rows: 30,
      data: (_terminal, bytes) => {
        all += decoder.decode(bytes, { stream: true });
      },
    },
  });
  return {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    shown: () => all.replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, ""),
    type: (text) => child.terminal?.write(text),
    close: () => child.terminal?.close(),
    pid: child.pid,
    exited: child.exited,
  };
}

/** Waits for a condition with a bound, and fails with what is there when it does not come. */
export async function until<T>(
  what: () => string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    const found = await look();
    if (found) return found;
    await Bun.sleep(20);
  }
  throw new Error(`never: ${what()}`);
}
