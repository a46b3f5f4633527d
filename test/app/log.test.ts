import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { isVerbatim } from "../../src/app/reply.ts";
import { runFiles } from "../../src/runs/paths.ts";
import { type Bench, bench } from "./bench.ts";

setDefaultTimeout(30_000);

const TOKEN = `ghp_${"aB3".repeat(12)}`;

let it: Bench;
/** The log that is shown, as text and as JSON. */
const shown = async () => {
  const { text, json } = await it.type(["log", "1"]);
  return [text.map((block) => (isVerbatim(block) ? block.verbatim : "")).join(""), JSON.stringify(json)];
};

beforeEach(async () => {
  it = await bench({ "agents.talker.command": "talker" });
  await Bun.write(join(it.at.dir, "bin/talker"), `#!/bin/sh\necho "I found ${TOKEN} here"\necho new >new\n`);
  it.sh("chmod +x $TOP/bin/talker");
  await it.type(["onboard", "."]);
  await it.type(["dispatch", "task", "Talk", "--agent", "talker", "--wait"]);
});
afterEach(() => it.close());

test("no token that an agent printed is shown, in no form", async () => {
  for (const text of await shown()) {
    expect(text).toContain("I found");
    expect(text).not.toContain(TOKEN);
  }
});

test("a log that was replaced by a pipe or a link holds nobody up and leads nowhere", async () => {
  const { log } = runFiles(it.world.config.home, 1);
  it.sh(`echo "the private key" >$TOP/private; rm ${log}; ln -s $TOP/private ${log}`);
  expect((await shown())[0]).toBe("");
  it.sh(`rm ${log}; mkfifo ${log}`);
  expect((await shown())[0]).toBe("");
});
