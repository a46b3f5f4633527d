import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { CLIS, type CliName, cliBin, cliCache, cliFolder } from "./clis.ts";

/**
 * `bun test/agents/live/install.ts [agent…]`: installs the real programs, in the exact versions that were measured,
 * into a cache outside the project; what is there already is left alone. It needs the package registry and nothing
 * else. What could not be installed is named, and its tests say that they are skipped.
 */
const names = Object.keys(CLIS) as CliName[];
const unknown = process.argv.slice(2).filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(", ")}. Known: ${names.join(", ")}.`);
  process.exit(2);
}
const wanted = process.argv.length > 2 ? names.filter((name) => process.argv.includes(name)) : names;

console.log(`Real agents in ${cliCache()}:`);
for (const name of wanted) {
  const { package: packageName, version } = CLIS[name];
  if (cliBin(name)) {
    console.log(`  ${name} ${version} is there`);
    continue;
  }
  const folder = cliFolder(name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(`${folder}/package.json`)) writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const done = Bun.spawnSync([process.execPath, "add", "--exact", `${packageName}@${version}`], {
    cwd: folder,
    stdin: "ignore",
    timeout: 300_000,
  });
  const outcome = cliBin(name)
    ? "was installed"
    : `could not be installed: ${lastLine(done.stderr.toString())}`;
  console.log(`  ${name} ${version} ${outcome}`);
}
const absent = wanted.filter((name) => !cliBin(name));
if (absent.length > 0) console.log(`Absent, so not tested: ${absent.join(", ")}.`);

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "no reason given";
}
