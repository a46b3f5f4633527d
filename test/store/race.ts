import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const WORKER = join(import.meta.dir, "worker.ts");

/** Runs the same task in that many processes, which all start at the same moment; gives what each printed. */
export async function race<T>(home: string, processes: number, task: string, n = 0): Promise<T[]> {
  const parent = dirname(home);
  const names = Array.from({ length: processes }, (_, index) => `p${index + 1}`);
  const children = names.map((name) =>
    Bun.spawn([process.execPath, WORKER, home, task, name, `${n}`], { stdout: "pipe", stderr: "pipe" }),
  );
  const outputs = children.map((child) => new Response(child.stdout).text());
  const errors = children.map((child) => new Response(child.stderr).text());
  await untilReady(parent, names, children);
  writeFileSync(join(parent, "go"), "");
  const codes = await Promise.all(children.map((child) => endedOrAll(child, children)));
  const said = (await Promise.all(errors)).join("");
  if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes.join(", ")}: ${said}`);
  return (await Promise.all(outputs)).map((output) => JSON.parse(output) as T);
}

/** The others may wait for ever for what one that died has begun. */
async function endedOrAll(child: Bun.Subprocess, all: readonly Bun.Subprocess[]): Promise<number> {
  const code = await child.exited;
  if (code !== 0) for (const other of all) other.kill();
  return code;
}

async function untilReady(parent: string, names: string[], children: Bun.Subprocess[]): Promise<void> {
  for (let polls = 0; polls < 5_000; polls++) {
    if (names.every((name) => existsSync(join(parent, `ready-${name}`)))) return;
    if (children.some((child) => child.exitCode !== null)) return;
    await Bun.sleep(2);
  }
  throw new Error("The processes did not come up.");
}
