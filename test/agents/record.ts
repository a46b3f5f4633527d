import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LaunchRequest } from "../../src/agents/agent.ts";
import type { Script } from "../../src/agents/scripted/step.ts";
import { type Bench, openBench } from "./live/bench.ts";
import { CLIS, type CliName, cliBin, cliCache } from "./live/clis.ts";

/**
 * `bun test/agents/record.ts [agent…]`: runs the real programs and keeps what they wrote, with this machine's paths
 * replaced. What each log must read as is beside it, in `<name>.json`: written here, to be checked by a person.
 */
const SCRIPTS: Readonly<Record<string, Script>> = {
  finish: [
    { write: "hello.txt", content: "hello\n" },
    { sh: "git add hello.txt && git commit -qm 'Say hello'" },
    { say: "I wrote hello.txt and committed it." },
  ],
  denied: [{ sh: "bash -c 'git push origin HEAD'" }, { say: "I could not push." }],
  auth: [{ error: 401 }],
  quota: [{ error: 402, message: "insufficient_quota: You exceeded your current quota" }],
  hang: [{ hang: true }],
};
const FOLDER = join(import.meta.dir, "transcripts");
const wanted = process.argv.slice(2);

for (const name of Object.keys(CLIS) as CliName[]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (cliBin(name)) await record(name, Object.keys(SCRIPTS));
  else console.log(`${name} is not installed: its transcripts stay as they are`);
}
if (wanted.length === 0 || wanted.includes("scripted"))
  await record("scripted", ["finish", "auth", "deny", "ask"]);

async function record(name: CliName | "scripted", scenarios: readonly string[]): Promise<void> {
  for (const scenario of scenarios) {
    const bench = openBench(name, SCRIPTS);
    try {
      const request = bench.request(scenario, name === "scripted" ? { model: scenario } : {});
      const file = name === "scripted" || scenario !== "hang" ? scenario : "stopped";
      const { log, reading } = await (scenario === "hang" ? stopped(bench, request) : bench.run(request));
      const clean = (text: string) => scrubbed(text, bench);
      writeFileSync(join(FOLDER, `${name}-${file}.jsonl`), clean(log));
      writeFileSync(join(FOLDER, `${name}-${file}.json`), `${clean(JSON.stringify(reading, null, 2))}\n`);
      console.log(`${name}-${file}: ${reading.verdict} ${reading.failure?.kind ?? ""}`);
    } finally {
      await bench.close();
    }
  }
}

async function stopped(bench: Bench, request: LaunchRequest) {
  const going = bench.start(request);
  const until = Date.now() + 20_000;
  while (Date.now() < until && !bench.model.seen().some((seen) => !seen.path.endsWith("models")))
    await Bun.sleep(50);
  process.kill(-going.pid, "SIGTERM");
  await going.ended;
  // The wrapper of copilot ends before the agent has written its last line.
  while (Date.now() < until && bench.marked().length > 0) await Bun.sleep(50);
  return bench.read(request);
}

function scrubbed(text: string, bench: Bench): string {
  return text
    .replaceAll(bench.root, "/work")
    .replaceAll(bench.root.replaceAll("/", "-"), "-work")
    .replaceAll(bench.home, "/home/ana")
    .replaceAll(cliCache(), "/opt/agents")
    .replaceAll(bench.model.url, "http://127.0.0.1:9999")
    .replaceAll(bench.model.url.replace("http://", ""), "127.0.0.1:9999");
}
