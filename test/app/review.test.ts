import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectBwrap } from "../../src/agents/walls/detect.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
beforeEach(async () => {
  it = await bench();
  await it.type(["onboard", "."]);
  it.sh("github contribute acme/app cache 'Cache layer'");
  await it.type(["dispatch", "pr", "46", "--agent", "reviewer", "--trust", "--wait"]);
});
afterEach(() => it.close());

const LINKS = {
  "a link": 'ln -sf "$HOME/secret" .rally/run/REVIEW.md',
  "a hard link": 'rm .rally/run/REVIEW.md; ln "$HOME/secret" .rally/run/REVIEW.md',
  "a folder that is a link":
    'mkdir -p "$HOME/away"; cp "$HOME/secret" "$HOME/away/REVIEW.md"; rm -r .rally/run; ln -s "$HOME/away" .rally/run',
};

for (const [name, lay] of Object.entries(LINKS))
  test(`a review behind ${name} is neither shown, nor edited, nor posted, nor kept`, async () => {
    writeFileSync(join(it.at.dir, "home/secret"), "the private key");
    it.sh(`cd .worktrees/rally-pr-46; ${lay}`);
    for (const flags of [[], ["--post"], ["--edit"]])
      expect((await it.refused(["review", "1", ...flags])).code).toBe("refused");
    expect(it.sh("github reviews acme/app 46")).toBe("");
    await it.type(["clean", "1", "--yes", "--force"]);
    const kept = join(it.at.home, "runs/1/REVIEW.md");
    expect(existsSync(kept)).toBe(false);
    expect(readdirSync(join(it.at.dir, "home"))).toContain("secret");
  });

test("a plain review is shown, posted and kept with its run", async () => {
  expect(textOf(await it.type(["review", "1"]))).toContain("**Verdict**: approve");
  await it.type(["review", "1", "--post"]);
  expect(it.sh("github reviews acme/app 46")).toContain("**Verdict**: approve");
  await it.type(["clean", "1", "--yes"]);
  expect(existsSync(join(it.at.home, "runs/1/REVIEW.md"))).toBe(true);
});

test("a review that is written before anybody noted that the agent has started counts", async () => {
  it.sh("github contribute acme/app other 'Other'");
  it.sh(`cat >$TOP/bin/quick <<'END'
#!/bin/sh
mkdir -p .rally/run; echo '# Review' >.rally/run/REVIEW.md; touch -r "$RALLY_RUN_DIR/pid" .rally/run/REVIEW.md
END
chmod +x $TOP/bin/quick; rally config set agents.quick.command quick`);
  it.sh("rally dispatch pr 47 --agent quick --trust --wait");
  expect(textOf(await it.type(["status"]))).toContain("PR #47 Other ready for review");
});

test("a reviewer that may only look, behind walls, changes nothing, and its review arrives", async () => {
  const detected = await detectBwrap(process.env.PATH ?? "");
  if ("why" in detected) return console.warn(`left out: ${detected.why}`);
  it.sh("github contribute acme/app other 'Other'");
  it.sh(`cat >$TOP/bin/meddler <<'END'
#!/bin/sh
echo changed >>README.md; echo new >new.txt; git commit -q --allow-empty -m sneaked; rm -rf .git
echo '# Review: nothing was changed' >.rally/run/REVIEW.md
END
chmod +x $TOP/bin/meddler; rally config set agents.meddler.command meddler`);
  it.sh("rally dispatch pr 47 --agent meddler --no-trust --sandbox bwrap --wait");
  expect(textOf(await it.type(["status"]))).toContain("PR #47 Other ready for review");
  expect(textOf(await it.type(["review", "2"]))).toContain("# Review: nothing was changed");
  expect(it.sh("git -C .worktrees/rally-pr-47 status --short")).toBe("");
  expect(it.sh("git log --format=%s rally/pr-47-other")).not.toContain("sneaked");
});
