import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { commandHelp, helpReply } from "../../src/cli/help.ts";
import { print } from "../../src/cli/print.ts";
import { quickAnswer } from "../../src/cli/quick.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { Problem } from "../../src/domain/problem.ts";
import { helpTextFile } from "../docs/help-text.ts";
import { fakeTerminal, PLAIN } from "./fake-terminal.ts";

async function text(reply: Parameters<typeof print>[0], width = 80): Promise<string> {
  const { terminal, printed } = fakeTerminal({ width });
  await print(reply, terminal, PLAIN);
  return printed.out;
}

describe("rally --help", () => {
  test("has every command that is not hidden, a line each, within 80 columns", async () => {
    const lines = (await text(helpReply(COMMANDS))).split("\n");
    for (const command of COMMANDS.filter((one) => !one.hidden && one.surfaces.includes("cli")))
      expect(
        lines.filter(
          (line) => line.startsWith(`  ${command.name} `) && line.includes(command.summary.slice(0, 20)),
        ),
      ).toHaveLength(1);
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
    expect(lines.join("\n")).not.toMatch(/__complete/);
  });

  test("in chat only what chat can do", async () => {
    const printed = await text(helpReply(COMMANDS, "chat"));
    expect(printed).toContain("  status ");
    expect(printed).not.toMatch(/ {2}(attach|onboard|config|completion)/);
  });
});

describe("rally help <command>", () => {
  test("says usage, flags, and examples", async () => {
    const printed = await text(commandHelp(COMMANDS, ["clean"]));
    for (const part of [
      "Remove worktree",
      "rally clean [<d>…]",
      "--dry-run",
      "-y, --yes",
      "-C, --dir DIR",
      "  rally clean --orphaned --dry-run",
    ])
      expect(printed).toContain(part);
    for (const line of printed.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test("of one that has inner ones names those, too", async () => {
    const printed = await text(commandHelp(COMMANDS, ["dispatch"]));
    for (const name of ["rally dispatch", "rally dispatch issue", "rally dispatch pr", "rally dispatch task"])
      expect(printed).toContain(`  ${name} `);
    expect(await text(commandHelp(COMMANDS, ["config", "set"]))).toContain("rally config set <key>");
  });

  test("of one that is not there is a problem that names the nearest", () => {
    const help = () => commandHelp(COMMANDS, ["dispach"]);
    expect(help).toThrow(Problem);
    expect(help).toThrow('There is no command "dispach"; did you mean dispatch?');
  });
});

test("help, grammar, configuration, printing and the list load nothing that is slow to load", () => {
  const folder = join(import.meta.dir, "../../src");
  const entries = [
    "cli/help",
    "cli/print",
    "cli/terminal",
    "cli/ask",
    "cli/complete",
    "cli/completion",
    "domain/grammar",
    "config",
    "config/show",
    "log",
    "redact",
    "app/status-lines",
    "app/show-lines",
  ];
  const loaded = new Set<string>();
  const outside = new Set<string>();
  const scanner = new Bun.Transpiler({ loader: "ts" });
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const found of scanner.scanImports(readFileSync(path, "utf8")))
      if (found.kind === "import-statement") {
        if (found.path.startsWith(".")) load(resolve(dirname(path), found.path));
        else outside.add(found.path);
      }
  };
  for (const entry of entries) load(join(folder, `${entry}.ts`));
  expect(loaded.size).toBeGreaterThan(30);
  expect([...outside].sort()).toEqual(["node:fs", "node:os", "node:path"]);
});

describe("the quick answer", () => {
  test("is the help, as the declarations have it (else: bun test/docs/help-text.ts)", async () => {
    expect(readFileSync(join(import.meta.dir, "../../src/cli/help-text.ts"), "utf8")).toBe(
      await helpTextFile(),
    );
    for (const argv of [["--help"], ["-h"], ["help"]])
      expect(quickAnswer(argv)).toBe(await text(helpReply(COMMANDS)));
  });

  test("is for nothing else", () => {
    for (const argv of [[], ["status"], ["help", "status"], ["status", "--help"], ["--help", "--json"]])
      expect(quickAnswer(argv)).toBeNull();
  });
});
