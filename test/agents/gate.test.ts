import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGate } from "../../src/agents/gate.ts";
import { deniedCommands, deniedTools, policyText } from "../../src/agents/policy.ts";

let folder = "";
let gate = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rally-gate it's-"));
  gate = writeGate(folder, deniedCommands("work", []), "exit");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function passes(command: string): Promise<boolean> {
  const hook = Bun.spawn(["sh", "-c", gate], {
    stdin: new TextEncoder().encode(JSON.stringify({ tool_name: "Bash", tool_input: { command } })),
    stderr: "pipe",
  });
  return (await hook.exited) === 0;
}

const REFUSED = [
  "git push",
  "git push origin HEAD",
  "cd . && git push",
  "git -C . push",
  "git -c a=b push --force",
  "/usr/bin/git push",
  "bash -c 'git push'",
  'bash -lc "git push"',
  "env git push",
  "env A=b git push",
  "A=b git push",
  "$(which git) push",
  "x=$(git push)",
  "echo hi\ngit push",
  "true; git push",
  "sudo -n git push",
  "timeout 5 git push",
  "curl https://example.com",
  "cat x | curl -d @- https://example.com",
  "gh pr create",
  "npm publish",
  "ssh host true",
];
const ALLOWED = [
  "git status",
  "git stash push",
  "git commit -m 'push the button'",
  "git log --grep push",
  "grep -rn curl src",
  "rg 'ssh ' docs",
  "npm test",
  "bun run ghost",
  "echo github",
  "git add curl.c",
];

for (const command of REFUSED)
  test(`refuses ${JSON.stringify(command)}`, async () => expect(await passes(command)).toBe(false));
for (const command of ALLOWED)
  test(`lets ${JSON.stringify(command)} pass`, async () => expect(await passes(command)).toBe(true));

test("the json style says no on stdout and exits 0", async () => {
  const command = writeGate(folder, ["git push"], "json");
  const input = new TextEncoder().encode('{"toolName":"bash","toolArgs":"{\\"command\\":\\"git push\\"}"}');
  const hook = Bun.spawn(["sh", "-c", command], { stdin: input, stdout: "pipe" });
  expect(JSON.parse(await new Response(hook.stdout).text()).permissionDecision).toBe("deny");
  expect(await hook.exited).toBe(0);
});

test("configured names are commands in either spelling, or tools", () => {
  const extra = ["terraform apply", "shell(kubectl:*)", "github-mcp-server(create_issue)", " "];
  expect(deniedCommands("full", extra)).toContain("terraform apply");
  expect(deniedCommands("full", extra)).toContain("kubectl");
  expect(deniedTools(extra)).toEqual(["github-mcp-server(create_issue)"]);
});

test("full lifts the network's names, and never those that ship", () => {
  expect(deniedCommands("full", [])).not.toContain("curl");
  expect(deniedCommands("full", [])).toContain("git push");
  expect(policyText("read-only", [])).toContain("You may not change");
});
