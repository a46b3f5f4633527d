import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Agent, Launch, LaunchRequest } from "../../src/agents/agent.ts";
import { customAgent } from "../../src/agents/custom.ts";
import { feed } from "../../src/agents/feed.ts";
import { agents } from "../../src/agents/registry.ts";
import { MODES } from "../../src/domain/words.ts";
import { LONG_PROMPT, request } from "./request.ts";

const TRANSCRIPTS = join(import.meta.dir, "transcripts");
const recorded = readdirSync(TRANSCRIPTS).filter((name) => name.endsWith(".jsonl"));
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const EVERY_WAY = [false, true].flatMap((resume) => [false, true].map((walled) => [resume, walled] as const));
const custom = customAgent("house", { command: "house-agent", args: ["--session", "{session}"] });
for (const agent of [...Object.values(agents), custom])
  describe(agent.name, () => {
    test("puts nothing long and nothing of the prompt on its command line", () => {
      for (const resume of [false, true]) {
        const { argv, stdin } = agent.launch(ask(agent, { resume }));
        expect(argv.join(" ")).not.toContain("A very long prompt");
        expect(Math.max(...argv.map((word) => word.length))).toBeLessThan(4_000);
        expect(stdin.startsWith(LONG_PROMPT)).toBe(true);
      }
    });

    test("carries the refused commands, the configured ones too, when new, resumed and attached", () => {
      for (const mode of MODES)
        for (const [resume, walled] of EVERY_WAY) {
          const asked = ask(agent, { mode, resume, walled });
          const launches = [agent.launch(asked), agent.attach(asked)].filter((launch) => launch !== null);
          expect(launches.length).toBeGreaterThan(0);
          for (const launch of launches) {
            if (agent.name === "codex" && mode === "read-only" && !walled) {
              expect(launch.argv).toContain('sandbox_mode="workspace-write"');
              continue;
            }
            const text = carried(launch, asked);
            expect(text).toMatch(/git.{0,40}push/);
            expect(text).toMatch(/terraform.{0,40}apply/);
            expect(/curl/.test(text)).toBe(mode !== "full");
          }
        }
    });

    test("is kept out of the temporary folder where it can be told, in every mode and when resumed", () => {
      for (const mode of MODES)
        for (const resume of [false, true]) {
          const [told, free] = [true, false].map((disallowTempDir) => {
            const asked = ask(agent, { mode, resume, disallowTempDir, runDir: made[0] ?? "/nowhere" });
            return carried(agent.launch(asked), asked);
          });
          expect(told !== free).toBe(agent.leavesTempDir);
          expect(told?.includes("--disallow-temp-dir")).toBe(agent.name === "copilot");
        }
    });

    test("tells the modes apart", () => {
      const texts = MODES.map((mode) => {
        const asked = ask(agent, { mode });
        return carried(agent.launch(asked), asked).replaceAll(asked.runDir, "");
      });
      expect(new Set(texts).size).toBe(MODES.length);
    });

    test("names the session it goes on with, and the program that the configuration names", () => {
      if (agent.sessions === "none") throw new Error("every agent here can go on");
      const asked = ask(agent, {
        resume: true,
        config: { command: "/opt/mine", args: ["--session", "{session}"] },
      });
      const { argv } = agent === custom ? agent.launch(ask(agent, { resume: true })) : agent.launch(asked);
      expect(argv.join(" ")).toContain(asked.session ?? "?");
      if (agent !== custom) expect(argv[0]).toBe("/opt/mine");
    });

    test("reads nothing from nothing, and survives whatever bytes come", () => {
      const reader = feed(() => agent.reader());
      expect(reader.reading()).toMatchObject({ session: null, verdict: null, failure: null });
      reader.push(Uint8Array.from([0xff, 0xfe, 0x7b, 0x0a, 0x7b, 0x22, 0x0a]));
      for (const line of [
        "null",
        "[]",
        "{}",
        '{"type":7}',
        '{"type":"result"',
        '{"type":"result","data":null}',
        '{"a":',
      ])
        reader.push(new TextEncoder().encode(`${line}\n`));
      expect(reader.finished()).toBeDefined();
    });

    const own = recorded.filter((name) => name.startsWith(`${agent.name}-`));
    if (agent !== custom) test("has a recorded transcript", () => expect(own.length).toBeGreaterThan(0));
    for (const name of own) readsTranscript(agent, name);
  });

function ask(agent: Agent, more: Partial<LaunchRequest> = {}): LaunchRequest {
  const config = agent === custom ? { command: "house-agent" } : {};
  const made_ = request({ config, ...more });
  made.push(made_.runDir);
  return made_;
}

/** Everything by which a launch could carry its policy: argv, variables, and the files it wrote. */
function carried(launch: Launch, asked: LaunchRequest): string {
  const files = readdirSync(asked.runDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [...launch.argv, ...Object.values(launch.env), ...files].join("\n").replaceAll("\\", "");
}

function readsTranscript(agent: Agent, name: string): void {
  const bytes = readFileSync(join(TRANSCRIPTS, name));
  const expected = JSON.parse(readFileSync(join(TRANSCRIPTS, name.replace(/l$/, "")), "utf8"));

  test(`reads ${name}, and the same when it reads it again`, () => {
    for (let time = 0; time < 2; time++) {
      const whole = feed(() => agent.reader());
      whole.push(bytes);
      expect(whole.finished()).toEqual(expected);
    }
  });

  test(`reads ${name} in pieces, with noise between its lines`, () => {
    const pieces = feed(() => agent.reader());
    const noisy = bytes.toString("utf8").replaceAll('\n{"type', '\n(node:7) Warning: noise\n\n{"type');
    const all = new TextEncoder().encode(noisy);
    for (let start = 0; start < all.length; start += 997) pieces.push(all.subarray(start, start + 997));
    expect(pieces.finished()).toEqual(expected);
  });
}
