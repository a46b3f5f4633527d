import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { type Place, place } from "../e2e/place.ts";
import { closingAfterEach } from "./closing.ts";
import { until } from "./scene.ts";
import { wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

/** What a reader sees in place of the guide's own ids and tokens, and the chat that they type into. */
type Reader = {
  readonly env: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
  says(line: string): Promise<unknown>;
  texts(): string[];
};

const closing = closingAfterEach();

/** The lines of the guide's code blocks, in order. */
async function linesOf(name: string): Promise<string[]> {
  const text = await Bun.file(join(import.meta.dir, "../../docs", `${name}.md`)).text();
  const blocks = [...text.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.trimEnd().split("\n"));
}

/** A machine with an agent and GitHub, and a home in which nobody has set up a chat. */
async function machine(env: Readonly<Record<string, string>>): Promise<{ at: Place; rally: Rally }> {
  const at = await place();
  closing.push(at.close);
  rmSync(join(at.home, "rally.db"), { force: true });
  const all = { ...at.env, ...env, RALLY_SCRIPTED_PACE: "0.2" };
  const rally: Rally = async (words) => {
    const argv = [...program(), ...words];
    const done = await run(argv, { cwd: at.dir, env: all, timeoutMs: 60_000, maxBytes: 4e6 });
    return { code: done.code, text: `${done.stdout}${done.stderr}` };
  };
  closing.push(() => rally(["down"]));
  return { at, rally };
}

type Rally = (words: string[]) => Promise<{ readonly code: number | null; readonly text: string }>;

async function follow(name: "slack" | "telegram", reader: Reader): Promise<void> {
  const { rally } = await machine(reader.env);
  const shown = () => reader.texts().join("\n");
  const seen = (text: RegExp) => until(shown, () => reader.texts().some((one) => text.test(one)), 30_000);
  const lines = await linesOf(name);
  for (const line of lines) {
    if (line.startsWith("/")) {
      await reader.says(line);
      if (line === "/start") await seen(/Your id is \d+/);
      if (line.startsWith("/follow")) await seen(/follows acme\/app/);
      continue;
    }
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', ""));
    const { code, text } = await rally(words.map((word) => reader.own[word] ?? word));
    if (words[0] === "doctor") expect(text).not.toMatch(new RegExp(`✗\\s+${name}`));
    else expect(`${line} ${code} ${code === 0 ? "" : text}`).toBe(`${line} 0 `);
    if (words[0] === "link") await reader.says(/link \S+/.exec(text)?.[0].replace(/^/, "/rally ") ?? text);
  }
  expect(lines.filter((line) => line === "/dispatch 42")).toHaveLength(1);
  await seen(/ready for review · #42 Fix login timeout/);
  await seen(/you are cli:ana/);
  const { code, text } = await rally(["chat", "test"]);
  expect(`${code} ${code === 0 ? "" : text}`).toBe("0 ");
  await seen(/A test by cli:ana/);
}

test("docs/telegram.md, line by line in a fresh home, leads to the first dispatch", async () => {
  const api = telegramServer();
  closing.push(api.close);
  const chat = api.chat({ id: 5, type: "private", first_name: "Ana" });
  await follow("telegram", {
    env: { TELEGRAM_API_ROOT: api.root },
    own: { "123456:ABC…": api.token, "77123456": "5" },
    says: async (line) => api.says(chat, 5, line),
    texts: () => api.posted.map(({ text }) => text),
  });
}, 90_000);

test("docs/slack.md, line by line in a fresh home, leads to the first dispatch", async () => {
  const api = slackServer();
  closing.push(api.close);
  await follow("slack", {
    env: { SLACK_API_URL: api.apiUrl },
    own: { "xoxb-…": api.botToken, "xapp-…": api.appToken, U024BE7LH: "U5" },
    says: (line) => api.command("U5", "C1", line),
    texts: () => [...api.posted.map(wordsOf), ...api.responses.map((one) => JSON.stringify(one))],
  });
}, 90_000);
