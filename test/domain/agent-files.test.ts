import { expect, test } from "bun:test";
import { givesOrders, isAgentFile, isAgentFolder } from "../../src/domain/agent-files.ts";

test("what agents read their orders, tools and programs from", () => {
  const read = [
    ...[
      "CLAUDE.md",
      "src/deep/claude.MD",
      "CLAUDE.local.md",
      "AGENTS.override.md",
      "GEMINI.md",
      "AGENTS.md/x",
    ],
    ...[".claude/settings.json", "pkg/.claude/skills/x/SKILL.md", ".Codex/config.toml", ".agents/skills/x"],
    ...[".mcp.json", "opencode.jsonc", ".opencode/plugin/x.ts", ".gemini/.env", ".env", ".vscode/mcp.json"],
    ...[".github/copilot-instructions.md", ".GitHub/hooks/x.json", ".github/instructions/a/b.md"],
  ];
  for (const path of read) expect({ path, is: isAgentFile(path) }).toEqual({ path, is: true });
});

test("names that a file system may take for the same", () => {
  for (const path of ["CLAU\u200dDE.md", "AGENT\u017f.md", ".\ufeffclaude/x", "\uff23LAUDE.md"])
    expect({ path, is: isAgentFile(path) }).toEqual({ path, is: true });
});

test("what is none of it", () => {
  const others = ["README.md", "docs/CLAUDE.md.txt", "claude/x", "src/.env", "src/.github/hooks/x", ".envrc"];
  for (const path of [...others, ".github/workflows/ci.yml", ".vscode/settings.json"])
    expect({ path, is: isAgentFile(path) }).toEqual({ path, is: false });
});

test("workflows are asked about, and folders above the root's count where they are links", () => {
  expect(givesOrders(".github/workflows/ci.yml")).toBe(true);
  expect(givesOrders("CLAUDE.md")).toBe(true);
  expect(isAgentFolder(".github")).toBe(true);
  expect(isAgentFolder("src")).toBe(false);
});
