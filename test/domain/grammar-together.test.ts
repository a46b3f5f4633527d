import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/domain/commands.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { problemOf } from "../fixtures/problem.ts";

const shell = (...words: string[]) => parseLine(COMMANDS, words, { surface: "cli" });
const chat = (line: string) => parseLine(COMMANDS, line, { surface: "chat" });

describe("what cannot be meant together", () => {
  const refused = (...words: string[]) => problemOf(() => shell(...words)).message;

  test("a switch and its opposite, in either order and form", () => {
    const both = "Of --trust and --no-trust only one can be meant.";
    expect(refused("dispatch", "42", "--trust", "--no-trust")).toBe(both);
    expect(refused("dispatch", "42", "--no-trust", "--trust")).toBe(both);
    expect(refused("dispatch", "42", "--trust", "--trust=false")).toBe(both);
    expect(problemOf(() => chat("dispatch --trust --no-trust 42")).message).toBe(both);
  });

  test("one flag with two values; the same one twice does no harm", () => {
    expect(refused("dispatch", "42", "--agent", "claude", "--agent", "codex")).toBe(
      "Of --agent twice only one can be meant.",
    );
    expect(refused("--project", "a", "status", "--project", "b")).toContain("--project twice");
    expect(shell("dispatch", "42", "--agent", "claude", "--agent=claude", "--wait", "--wait").flags).toEqual({
      agent: "claude",
      wait: true,
    });
  });

  test("flags that exclude each other, by their declaration", () => {
    const pairs = COMMANDS.flatMap((command) =>
      command.flags.flatMap((flag) => (flag.not ?? []).map((other) => ({ command, flag, other }))),
    );
    expect(pairs.length).toBeGreaterThan(3);
    for (const { command, flag, other } of pairs) {
      const known = command.flags.find((one) => one.name === other);
      expect(known).toBeDefined();
      const value = (type: string | undefined) => (type === "switch" ? [] : ["x/y"]);
      const words = [`--${flag.name}`, ...value(flag.type), `--${other}`, ...value(known?.type)];
      const args = command.args.filter((arg) => !arg.optional).map(() => "1");
      expect(refused(...command.name.split(" "), ...args, ...words)).toBe(
        `--${flag.name} and --${other} exclude each other.`,
      );
    }
  });
});
