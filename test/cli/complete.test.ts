import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complete, FILES, type Lookup } from "../../src/cli/complete.ts";
import { dispatchCandidates } from "../../src/cli/complete-dispatches.ts";
import { completionScript, type Shell } from "../../src/cli/completion.ts";
import { COMMANDS } from "../../src/domain/commands.ts";

const lookup: Lookup = async (wanted) => {
  if (wanted === "setting") throw new Error("no home");
  return [{ value: `a-${wanted}`, help: "help\nhere" }];
};
const values = async (...words: string[]) =>
  (await complete(COMMANDS, words, lookup)).map((line) => line.split("\t")[0]);

describe("what could come next", () => {
  test("commands, with their summaries, hidden and later ones left out", async () => {
    expect(await complete(COMMANDS, ["sta"], lookup)).toEqual([
      "status\tShow every dispatch, what needs you first",
    ]);
    const all = await values("");
    expect(all).toContain("dispatch");
    expect(all).not.toContain("__complete");
    expect(new Set(all).size).toBe(all.length);
  });

  test("inner commands beside arguments", async () => {
    expect(await values("dispatch", "")).toEqual(["issue", "pr", "task", "a-target"]);
    expect(await values("config", "")).toEqual(["path", "get", "set"]);
    expect(await values("dispatch", "pr", "")).toEqual(["a-target"]);
    expect(await values("dispatch", "42", "")).toEqual(["a-target"]);
  });

  test("arguments by their kind and place", async () => {
    expect(await complete(COMMANDS, ["show", ""], lookup)).toEqual(["a-dispatch\thelp here"]);
    expect(await values("show", "7", "")).toEqual([]);
    expect(await values("clean", "7", "8", "")).toEqual(["a-dispatch"]);
    expect(await values("continue", "7", "")).toEqual([]);
    expect(await values("offboard", "")).toEqual(["a-project"]);
    expect(await values("completion", "z")).toEqual(["zsh"]);
    expect(await values("declare-stage", "c")).toEqual(["coding", "closeout"]);
    expect(await values("onboard", "")).toEqual([FILES]);
    expect(await values("help", "dis")).toEqual(["dispatch"]);
  });

  test("a title can do nothing to the terminal on which it is offered", async () => {
    const title = "Fix\u001b[2J\u001b]0;owned\u0007 the\u202e\tlogin";
    const found = await complete(COMMANDS, ["show", ""], async () => [{ value: "7", help: title }]);
    expect(found).toEqual(["7\tFix the login"]);
  });

  test("flags, and their values", async () => {
    expect(await values("dispatch", "42", "--no")).toEqual(["--no-trust"]);
    expect(await values("status", "--")).toEqual([
      "--all",
      "--watch",
      "--project",
      "--dir",
      "--json",
      "--help",
    ]);
    expect(await values("dispatch", "--mode", "")).toEqual(["read-only", "work", "full"]);
    expect(await values("dispatch", "--mode=w")).toEqual(["--mode=work"]);
    expect(await values("dispatch", "--agent", "")).toEqual(["a-agent"]);
    expect(await values("dispatch", "--prompt-file", "")).toEqual([FILES]);
    expect(await values("-C", "")).toEqual([FILES]);
    expect(await values("-C", "/tmp", "sho")).toEqual(["show"]);
    expect(await values("--project", "app", "show", "")).toEqual(["a-dispatch"]);
    expect(await values("show", "--", "")).toEqual(["a-dispatch"]);
  });

  test("nothing where nothing is known, and no error where a lookup fails", async () => {
    expect(await values("config", "get", "")).toEqual([]);
    expect(await values("xyzzy", "")).toEqual([]);
    expect(await values()).not.toEqual([]);
  });
});

describe("dispatches", () => {
  const named = dispatchCandidates([
    { id: 7, kind: "issue", number: 42, title: "Fix login", repo: "acme/app" },
    { id: 8, kind: "pr", number: 12, title: "Cache", repo: "acme/app" },
    { id: 9, kind: "issue", number: 42, title: "Another", repo: "acme/api" },
    { id: 10, kind: "task", number: null, title: "Tidy up", repo: null },
  ]);
  const offered = (typed: string) => complete(COMMANDS, ["show", typed], async () => named);

  test("by their numbers and by their targets, with titles", async () => {
    expect(await offered("")).toEqual([
      "7\t#42 Fix login",
      "8\tpr#12 Cache",
      "9\t#42 Another",
      "10\ttask Tidy up",
    ]);
    expect(await offered("acme/app#4")).toEqual(["acme/app#42\t#42 Fix login"]);
    expect(await offered("pr#")).toEqual(["pr#12\tpr#12 Cache"]);
    expect(await offered("#1")).toEqual(["#12\tpr#12 Cache"]);
  });

  test("a name that two have is not offered", async () => {
    expect(await offered("#4")).toEqual([]);
  });
});

describe("the shells", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rally-completion-"));
    const rally = join(folder, "rally");
    writeFileSync(
      rally,
      `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dir, "complete-main.ts")}' "$@"\n`,
    );
    chmodSync(rally, 0o755);
    for (const shell of ["bash", "zsh", "fish"] as const)
      writeFileSync(join(folder, `rally.${shell}`), completionScript(shell));
    writeFileSync(join(folder, "a file.txt"), "");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (argv: string[]) => {
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}`, HOME: folder, TERM: "dumb" };
    const child = Bun.spawnSync(argv, { cwd: folder, env });
    expect(child.stderr.toString()).toBe("");
    return child.stdout
      .toString()
      .split("\n")
      .filter((line) => line !== "");
  };
  const there = (shell: Shell) => {
    if (Bun.which(shell)) return true;
    console.error(`${shell} is not installed here: its completion was not tried`);
    return false;
  };

  test("bash", () => {
    const bash = (line: string) =>
      run([
        "bash",
        "--norc",
        "-c",
        `source '${folder}/rally.bash'; COMP_LINE=$1; COMP_POINT=\${#1}; _rally; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        line,
      ]);
    expect(bash("rally sta")).toEqual(["status"]);
    expect(bash("rally show 7")).toEqual(["7", "71"]);
    expect(bash("rally show ")).toEqual(["7", "71"]);
    expect(bash("rally dispatch 42 --agent cl")).toEqual(["claude"]);
    expect(bash("rally dispatch 42 --agent=c")).toEqual(["claude", "copilot"]);
    expect(bash("rally onboard ")).toEqual([]);
    expect(run(["bash", "--norc", "-c", `source '${folder}/rally.bash'; complete -p rally`])).toEqual([
      "complete -F _rally rally",
    ]);
  });

  test("zsh", () => {
    if (!there("zsh")) return;
    const zsh = (...words: string[]) =>
      run([
        "zsh",
        "-f",
        "-c",
        // Stands in for zsh's own functions, which work only within its line editor.
        `compdef() { :; }; _describe() { print -l -- "\${found[@]}"; }; _files() { print files; }
         source '${folder}/rally.zsh'; words=(rally "$@"); CURRENT=\${#words}; _rally`,
        "zsh",
        ...words,
      ]);
    expect(zsh("sta")).toEqual(["status:Show every dispatch, what needs you first"]);
    expect(zsh("show", "")).toEqual(["7:#42 Fix login: a colon", "71:#43 Dark mode"]);
    expect(zsh("onboard", "")).toEqual(["files"]);
  });

  test("fish", () => {
    if (!there("fish")) return;
    const fish = (line: string) =>
      run(["fish", "--no-config", "-c", `source '${folder}/rally.fish'; complete -C '${line}'`]);
    expect(fish("rally sta")).toEqual(["status\tShow every dispatch, what needs you first"]);
    expect(fish("rally show ")).toEqual(["7\t#42 Fix login: a colon", "71\t#43 Dark mode"]);
    expect(fish("rally dispatch --agent ")).toEqual(["claude", "copilot"]);
    expect(fish("rally onboard a")).toEqual(["a file.txt"]);
  });
});
