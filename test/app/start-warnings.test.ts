import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../../src/agents/walls/detect.ts";
import { onPath } from "../../src/process/path.ts";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { CONFIG, type Home, newHome } from "./home.ts";

setDefaultTimeout(30_000);
let home: Home | null = null;
afterEach(() => {
  home?.remove();
  home = null;
});

async function warned(sandbox: string): Promise<string> {
  home = await newHome(`${CONFIG}disallow_temp_dir: true\n`);
  await home.rally("onboard", ".", "--local");
  const { code, err } = await home.rally("dispatch", "task", "Take notes", "--sandbox", sandbox, "--wait");
  expect(code).toBe(0);
  return err;
}

test("an agent that cannot be kept out of the temporary folder is warned of", async () => {
  expect(await warned("none")).toContain("disallow_temp_dir: scripted cannot be told to");
});

test("behind walls nobody needs to be told: the run has a temporary folder of its own", async () => {
  const detected = await detectBwrap(process.env.PATH ?? "");
  if ("why" in detected) return console.warn(`left out: ${detected.why}`);
  expect(await warned("bwrap")).not.toContain("disallow_temp_dir");
});

test("without walls a task's dispatch says so, as an issue's does", async () => {
  home = await newHome(CONFIG.replace("kind: none", "kind: auto"));
  await home.rally("onboard", ".", "--local");
  const env = { ...home.env, PATH: withoutBwrap(join(home.folder, "bin")) };
  const argv = [...program(), "dispatch", "task", "Take notes", "--wait"];
  const said = await run(argv, { cwd: home.repo, env, timeoutMs: 25_000, maxBytes: 1e5 });
  expect(said.stderr).toContain("warning: no sandbox (bubblewrap is not installed)");
});

function withoutBwrap(folder: string): string {
  mkdirSync(folder);
  for (const name of ["sh", "git", "cat", "sleep", "mv", "rm", "date", "tr", "od", "ps"]) {
    const found = onPath(name, process.env.PATH ?? "");
    if (found) symlinkSync(found, join(folder, name));
  }
  return folder;
}
