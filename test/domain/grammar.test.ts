import { describe, expect, test } from "bun:test";
import type { Surface } from "../../src/domain/command.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { arg, args, choice, listFlag, numberFlag, on, textFlag } from "../../src/domain/grammar-parsed.ts";
import { Problem } from "../../src/domain/problem.ts";
import { problemOf } from "../fixtures/problem.ts";

const shell = (...words: string[]) => parseLine(COMMANDS, words, { surface: "cli" });
const chat = (line: string, surface: Surface = "chat") => parseLine(COMMANDS, line, { surface });
const short = ({ command, args, flags }: ReturnType<typeof shell>) => [command.name, args, flags] as const;

describe("in a shell", () => {
  test("a text is one word, and flags stand anywhere", () => {
    const same = [
      "continue",
      { d: ["7"], message: ["also handle it"] },
      { "from-pr": true, project: "app" },
    ] as const;
    expect(short(shell("continue", "7", "also handle it", "--from-pr", "--project", "app"))).toEqual(same);
    expect(short(shell("continue", "--from-pr", "7", "--project=app", "also handle it"))).toEqual(same);
    expect(short(shell("--project", "app", "continue", "7", "--from-pr", "also handle it"))).toEqual(same);
  });

  test("a text of several words without quotes is refused, with an example", () => {
    const problem = problemOf(() => shell("continue", "7", "also", "handle"));
    expect(problem.message).toBe('"rally continue" takes one text, so put it in quotes.');
    expect(problem.hint).toBe('rally continue 7 "also handle the empty password"');
  });

  test("the longest name of a command wins", () => {
    expect(shell("dispatch", "42", "#43").command.name).toBe("dispatch");
    expect(short(shell("dispatch", "pr", "12", "13"))).toEqual(["dispatch pr", { n: ["12", "13"] }, {}]);
    expect(short(shell("dispatch", "task", "make it fast"))).toEqual([
      "dispatch task",
      { text: ["make it fast"] },
      {},
    ]);
    expect(shell("config").command.name).toBe("config");
    expect(short(shell("config", "set", "capacity", "8"))).toEqual([
      "config set",
      { key: ["capacity"], value: ["8"] },
      {},
    ]);
  });

  test("values: after a space, after =, glued to a short one; empty ones and other flags are no values", () => {
    expect(shell("log", "7", "--run=2").flags).toEqual({ run: 2 });
    expect(shell("status", "-C", "/tmp", "--watch").flags).toEqual({ dir: "/tmp", watch: true });
    expect(shell("status", "-C/tmp").flags).toEqual({ dir: "/tmp" });
    expect(shell("push", "7", "--commit=--odd=message").flags).toEqual({ commit: "--odd=message" });
    expect(shell("push", "7", "--commit", "- a list").flags).toEqual({ commit: "- a list" });
    for (const words of [["--agent"], ["--agent", "--wait"], ["--agent="], ["--agent", " "]])
      expect(problemOf(() => shell("dispatch", "42", ...words)).message).toBe("--agent needs a value: A.");
  });

  test("switches: --x, --no-x, --x=false, several short ones in one", () => {
    expect(shell("dispatch", "42", "--trust").flags).toEqual({ trust: true });
    expect(shell("dispatch", "42", "--no-trust").flags).toEqual({ trust: false });
    expect(shell("status", "--all=false").flags).toEqual({ all: false });
    expect(shell("clean", "-y").flags).toEqual({ yes: true });
    expect(problemOf(() => shell("status", "--all=perhaps")).message).toMatch(/true or false/);
    expect(problemOf(() => shell("dispatch", "1", "--no-trust=1")).message).toBe(
      "--no-trust takes no value.",
    );
    expect(problemOf(() => shell("status", "--no-all")).message).toMatch(/There is no flag --no-all/);
  });

  test("after -- nothing is a flag", () => {
    expect(shell("continue", "7", "--", "--verbose is broken").args.message).toEqual(["--verbose is broken"]);
    expect(problemOf(() => shell("continue", "7", "--verbose is broken")).code).toBe("usage");
  });

  test("what a phone or an editor made of dashes and quotes is understood", () => {
    expect(short(shell("dispatch", "42", "—agent", "claude", "–no-trust"))[2]).toEqual({
      agent: "claude",
      trust: false,
    });
    expect(shell("clean", "–y").flags).toEqual({ yes: true });
    expect(shell("continue", "7", "“also", "handle", "it”").args.message).toEqual(["also handle it"]);
    expect(shell("continue", "7", "“also”").args.message).toEqual(["also"]);
    expect(shell("continue", "7", "say “hi” — twice").args.message).toEqual(["say “hi” — twice"]);
    expect(shell("continue", "7", "— a dash").args.message).toEqual(["— a dash"]);
    expect(shell("continue", "7", "“open alone").args.message).toEqual(["“open alone"]);
  });

  test("no words at all are status; flags that all take may stand alone", () => {
    expect(short(shell())).toEqual(["status", {}, {}]);
    expect(short(shell("--json", "-C", "/tmp"))).toEqual(["status", {}, { json: true, dir: "/tmp" }]);
    expect(parseLine(COMMANDS, [], { surface: "cli", alone: "help" }).command.name).toBe("help");
    expect(shell("--version").command.name).toBe("version");
    expect(shell("--help")).toMatchObject({ help: true, command: { name: "help" } });
  });

  test("--help asks for nothing else", () => {
    expect(shell("continue", "--help")).toMatchObject({
      help: true,
      flags: {},
      command: { name: "continue" },
    });
    expect(shell("dispatch", "pr", "-h").help).toBe(true);
    expect(shell("-h", "show").command.name).toBe("show");
  });

  test("what completes takes all words as they are", () => {
    expect(shell("__complete", "log", "7", "--ra", "").args.words).toEqual(["log", "7", "--ra", ""]);
  });

  test("the values of a call have their readers", () => {
    const parsed = shell("clean", "7", "8", "--force", "--project", "app");
    expect([arg(parsed, "d"), args(parsed, "d"), arg(parsed, "x")]).toEqual(["7", ["7", "8"], null]);
    expect([on(parsed, "force"), on(parsed, "yes"), textFlag(parsed, "project")]).toEqual([
      true,
      false,
      "app",
    ]);
    expect([
      choice(shell("dispatch", "1"), "trust"),
      choice(shell("dispatch", "1", "--no-trust"), "trust"),
    ]).toEqual([null, false]);
    expect([numberFlag(shell("log", "7", "--run", "2"), "run"), listFlag(parsed, "x")]).toEqual([2, []]);
  });
});

describe("in chat and in the palette", () => {
  test("a text is the raw rest of the line, and flags come before it", () => {
    const parsed = chat("/continue 7 --from-pr don't stop — “now” --ok\nand more");
    expect(parsed.args.message).toEqual(["don't stop — “now” --ok\nand more"]);
    expect(parsed.flags).toEqual({ "from-pr": true });
    expect(chat("answer 7 -- --verbose").args.text).toEqual(["--verbose"]);
    expect(chat("answer 7   - one\n- two").args.text).toEqual(["- one\n- two"]);
  });

  test("a whole text in quotes loses them", () => {
    for (const line of [
      'continue 7 "fix it"',
      "continue 7 “fix it”",
      "continue 7 'fix it'",
      "continue 7 „fix it“",
    ])
      expect(chat(line).args.message).toEqual(["fix it"]);
    expect(chat('continue 7 "a" and "b"').args.message).toEqual(['"a" and "b"']);
    expect(chat("continue 7 'tis done").args.message).toEqual(["'tis done"]);
  });

  test("the ways in which people call a command", () => {
    for (const line of [
      "status --all",
      "/status —all",
      "Status --all",
      "rally status --all",
      "/status@rally_bot --all",
      "  status\t–all ",
    ])
      expect(short(chat(line))).toEqual(["status", {}, { all: true }]);
    expect(chat("").command.name).toBe("status");
    expect(chat("/Dispatch PR 12").command.name).toBe("dispatch pr");
  });

  test("values in quotes", () => {
    expect(chat('pr 7 --title "A b" --draft').flags).toEqual({ title: "A b", draft: true });
    expect(chat("pr 7 --title=“A — b” —draft").flags).toEqual({ title: "A — b", draft: true });
    expect(chat("pr 7 --title '--draft'").flags).toEqual({ title: "--draft" });
  });

  test("a switch may be a plain word, unless it needs a higher role", () => {
    expect(chat("clean orphaned").flags).toEqual({ orphaned: true });
    expect(chat("clean Done").flags).toEqual({ done: true });
    expect(problemOf(() => chat("clean force")).code).toBe("usage");
    expect(problemOf(() => shell("clean", "orphaned")).code).toBe("usage");
  });

  test("what belongs to a shell is refused", () => {
    for (const line of [
      "attach 7",
      "onboard /etc",
      "config set capacity 3",
      "ask hm",
      "__complete x",
      "path 7",
    ])
      expect(problemOf(() => chat(line)).message).toMatch(/works only in a shell/);
    for (const line of [
      "dispatch 42 --prompt-file /etc/passwd",
      "pr 7 --body-file /etc/passwd",
      "status -C /",
      "log 7 --raw",
    ])
      expect(problemOf(() => chat(line)).message).toMatch(/works only in a shell/);
  });
});

describe("what is not understood", () => {
  const cases: readonly (readonly [string[], RegExp, string])[] = [
    [["shwo", "7"], /There is no command "shwo"; did you mean show\?/, "rally show"],
    [["stat"], /did you mean status\?/, "rally status"],
    [["42"], /There is no command "42"\./, "rally dispatch 42"],
    [
      ["https://github.com/a/b/issues/4"],
      /There is no command/,
      "rally dispatch https://github.com/a/b/issues/4",
    ],
    [["xyzzy"], /There is no command "xyzzy"\./, "rally help"],
    [["chatter"], /There is no command "chatter"/, "rally help"],
    [
      ["clean", "--dryrun"],
      /There is no flag --dryrun for "rally clean"; did you mean --dry-run\?/,
      "rally help clean",
    ],
    [["dispatch", "1", "--no-trsut"], /did you mean --no-trust\?/, "rally help dispatch"],
    [["status", "-x"], /There is no flag -x/, "rally help status"],
    [["--jsno"], /There is no flag --jsno; did you mean --json\?/, "rally help"],
    [
      ["continue"],
      /"rally continue" needs a dispatch: its number/,
      'rally continue 7 "also handle the empty password"',
    ],
    [["answer", "7"], /"rally answer" needs a text: the text/, 'rally answer 7 "use the second one"'],
    [["answer", "7", "  "], /"rally answer" needs a text/, 'rally answer 7 "use the second one"'],
    [["dispatch", "pr"], /needs an issue or pull request/, "rally dispatch pr 12"],
    [["declare-stage", "reviewing"], /"reviewing" is not one of setup, coding, closeout, pr_testing/, ""],
    [["declare-stage", "codng"], /did you mean coding\?/, "rally declare-stage coding"],
    [["completion", "tcsh"], /"tcsh" is not one of bash, zsh, fish/, ""],
    [["show", "7", "8"], /"rally show" does not take "8"/, "rally show <d>"],
    [
      ["dispatch", "1", "--mode", "yolo"],
      /--mode is one of read-only, work, full, not "yolo"/,
      "rally help dispatch",
    ],
    [["log", "7", "--run", "first"], /--run needs a number like 1, not "first"/, "rally help log"],
    [["log", "7", "--run", "0"], /--run needs a number/, "rally help log"],
    [["show", "0"], /"0" is not the number of a dispatch/, "rally status"],
    [["show", "-1"], /"-1" is not the number of a dispatch/, "rally status"],
    [["show", "12abc"], /"12abc" is not a dispatch/, "rally status"],
    [["dispatch", "0"], /"0" is not the number of an issue or pull request/, "rally dispatch 42"],
    [["dispatch", "issue", "https://github.com/a/b/pull/12"], /is a pull request, not an issue/, ""],
  ];
  for (const [words, sentence, hint] of cases)
    test(`rally ${words.join(" ")}`, () => {
      const problem = problemOf(() => shell(...words));
      expect(problem.code).toBe("usage");
      expect(problem.message).toMatch(sentence);
      expect(problem.message).toMatch(/^[^\n]+[.?]$/);
      if (hint !== "") expect(problem.hint).toBe(hint);
      expect(problem.hint).toBeTruthy();
    });
});

test("no line, whatever it holds, is anything but understood or a Problem", () => {
  const pieces = [
    "continue",
    "7",
    "--",
    "-",
    "--=",
    "=",
    "“",
    "”",
    '"',
    "'",
    "—",
    "--agent",
    "\u0000",
    "dispatch",
    "task",
    "#",
    "rally",
    "/",
    " ",
    "\n",
    "-x",
    "--no-",
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let count = 0; count < 3000; count++) {
    const words = Array.from({ length: random(7) }, () => pieces[random(pieces.length)] ?? "");
    for (const act of [() => shell(...words), () => chat(words.join(random(2) === 0 ? " " : ""))])
      try {
        act();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
  }
});
