import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Bench, builtBinary, type Measurement, ROOT } from "./bench.ts";
import type { Figure } from "./figure.ts";
import { machine } from "./machine.ts";
import { asMarkdown, asTable } from "./table.ts";

/**
 * `bun run bench [--only <name>] [--json|--markdown] [--long]`: figures of this machine, each with what it is compared
 * with, measured in turn in one run. Everything happens in temporary homes. Progress goes to stderr.
 */
const MEASUREMENTS: Readonly<Record<string, () => Promise<Measurement>>> = {
  commands: async () => (await import("./commands.ts")).commands,
  thousand: async () => (await import("./thousand.ts")).thousand,
  dispatch: async () => (await import("./dispatch.ts")).dispatched,
  twelve: async () => (await import("./twelve.ts")).twelve,
  web: async () => (await import("./web.ts")).web,
  chat: async () => (await import("./chat.ts")).chat,
  dashboard: async () => (await import("./dashboard.ts")).dashboard,
};

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "boolean" },
    markdown: { type: "boolean" },
    long: { type: "boolean" },
  },
});

const names = values.only ?? Object.keys(MEASUREMENTS);
const unknown = names.find((name) => !(name in MEASUREMENTS));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no measurement ${unknown}; one of ${Object.keys(MEASUREMENTS).join(", ")}\n`,
  );
  process.exit(2);
}

const say = (line: string) => process.stderr.write(`… ${line}\n`);
const before = machine();
const figures = await measured();
const report = { machine: { ...before, loadAfter: machine().load }, figures };
if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
else process.stdout.write((values.markdown ? asMarkdown : asTable)(report));

async function measured(): Promise<Figure[]> {
  const found: Figure[] = [];
  say("building dist/rally");
  const built = Bun.spawnSync(["bun", "run", "build"], { cwd: ROOT, stdout: "ignore", stderr: "pipe" });
  if (built.exitCode !== 0) say(`it cannot be compiled, so that is left out: ${built.stderr.toString()}`);
  for (const name of names) {
    const root = mkdtempSync(join(tmpdir(), "rally-bench-"));
    const bench: Bench = {
      root,
      long: values.long ?? false,
      binary: built.exitCode === 0 ? builtBinary() : null,
      say: (line) => say(`${name}: ${line}`),
    };
    try {
      const measurement = await MEASUREMENTS[name]?.();
      if (measurement) found.push(...(await measurement(bench)));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  return found;
}
