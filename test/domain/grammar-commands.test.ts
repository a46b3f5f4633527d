import { describe, expect, test } from "bun:test";
import { allowedInRun, type Command, roleOf, usage } from "../../src/domain/command.ts";
import { COMMANDS, DECLARED, GLOBAL_FLAGS } from "../../src/domain/commands.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { nearest } from "../../src/domain/grammar-nearest.ts";

describe("the declarations", () => {
  test("every example is understood, on the surface that it is for", () => {
    for (const command of DECLARED)
      for (const example of command.examples) {
        const line = example.replace(/^.*"\$\((rally [^)]*)\)".*$/, "$1").replace(/ > .*$/, "");
        const words = shellSplit(line);
        expect(words[0]).toBe("rally");
        const parsed = parseLine(DECLARED, words.slice(1), { surface: command.surfaces[0] ?? "cli" });
        expect(parsed.command.name).toBe(command.name);
      }
  });

  test("names are unique, and so are flags and short flags within a command", () => {
    expect(duplicates(DECLARED.map((command) => command.name))).toEqual([]);
    for (const command of DECLARED) {
      const flags = [...command.flags, ...GLOBAL_FLAGS];
      expect(duplicates(flags.map((flag) => flag.name))).toEqual([]);
      expect(duplicates(flags.flatMap((flag) => flag.short ?? []))).toEqual([]);
      expect(duplicates(command.args.map((a) => a.name))).toEqual([]);
    }
  });

  test("an argument that takes many, or the rest, is the last; none that is needed follows one that is not", () => {
    for (const { args: declared } of DECLARED) {
      expect(declared.slice(0, -1).some((a) => a.many || a.kind === "text")).toBe(false);
      const first = declared.findIndex((a) => a.optional);
      if (first >= 0) expect(declared.slice(first).every((a) => a.optional)).toBe(true);
    }
  });

  test("every command has a summary without a full stop, and an example", () => {
    for (const command of DECLARED) {
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(command.summary.length).toBeLessThan(80);
      expect(command.examples.length).toBeGreaterThan(0);
    }
  });

  test("what is listed today leaves out the rooms that are not built, commands and flags", () => {
    const names = COMMANDS.map((command) => command.name);
    expect(names).toEqual(DECLARED.filter((command) => !command.later).map((command) => command.name));
  });

  test("every command of the surface is declared", () => {
    const words =
      "onboard projects offboard dispatch status show log diff path review continue attach stop retry upstream resume push pr clean undo refresh sessions history declare-stage ask answer up down dashboard open doctor demo link config completion help";
    for (const word of words.split(" ")) expect(DECLARED.some((command) => command.name === word)).toBe(true);
  });

  test("inside a run only what reads, and what is made for agents, is allowed", () => {
    const allowed = COMMANDS.filter((command) => allowedInRun(command, {})).map((command) => command.name);
    expect(allowed.sort()).toEqual(
      "__complete ask completion config|config get|config path|declare-stage diff doctor help history log path projects review rooms sessions show status version"
        .split(/[ |](?!get|path\|)/)
        .sort(),
    );
    expect(allowedInRun(find("review"), { post: true })).toBe(false);
    expect(allowedInRun(find("review"), { edit: true })).toBe(false);
  });

  test("roles: viewers read, force and the home are an admin's", () => {
    expect(roleOf(find("status"), {})).toBe("viewer");
    expect(roleOf(find("clean"), {})).toBe("operator");
    expect(roleOf(find("clean"), { force: true })).toBe("admin");
    expect(roleOf(find("review"), { post: true })).toBe("operator");
    expect(["onboard", "config set", "config", "up"].map((name) => roleOf(find(name), {}))).toEqual(
      Array(4).fill("admin"),
    );
  });

  test("usage", () => {
    expect(usage(find("continue"))).toBe(
      'rally continue <d> ["<message>"] [--from-pr] [--withdraw] [--trust|--no-trust] [--head COMMIT]',
    );
    expect(usage(find("completion"))).toBe("rally completion bash|zsh|fish");
    expect(usage(find("dispatch pr"))).toStartWith("rally dispatch pr <n>… [--agent A]");
    expect(usage(find("dispatch pr"))).toContain("[--trust|--no-trust] [--mode read-only|work|full]");
  });
});

test("the nearest word", () => {
  expect(nearest("shwo", ["show", "stop"])).toBe("show");
  expect(nearest("st", ["stop", "status"])).toBe("stop");
  expect(nearest("zzz", ["show", "stop"])).toBeNull();
  expect(nearest("", ["show"])).toBeNull();
  expect(nearest("x".repeat(10_000), ["show"])).toBeNull();
});

function find(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw new Error(`no command ${name}`);
  return command;
}

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function shellSplit(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
}
