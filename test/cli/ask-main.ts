import { terminalAsk } from "../../src/cli/ask.ts";
import { printProblem } from "../../src/cli/print.ts";
import { progress } from "../../src/cli/progress.ts";
import { terminal as makeTerminal } from "../../src/cli/terminal.ts";
import { loadConfig, processEnv } from "../../src/config.ts";

/** Asks, as a command does: `confirm`, `pick`, `throw`, `progress`. */
const terminal = makeTerminal(loadConfig(processEnv()).env);
const ask = terminalAsk(terminal);
const choices = Array.from({ length: 30 }, (_, index) => ({
  value: index + 1,
  label: `#${index + 1} issue`,
  detail: index === 6 ? "special" : "",
}));

try {
  switch (process.argv[2]) {
    case "confirm":
      await terminal.out(`answer ${await ask.confirm("Remove 2 worktrees?", { flag: "--yes" })}\n`);
      break;
    case "pick":
      await terminal.out(
        `picked ${(await ask.pick("Which issues?", choices, { many: true, instead: "rally dispatch 42" })).join(",")}\n`,
      );
      break;
    case "progress": {
      const at = progress(terminal);
      at.say("fetching\u001b[2J");
      await Bun.sleep(400);
      at.done();
      await terminal.out("done\n");
      break;
    }
  }
} catch (error) {
  process.exit(printProblem(error, terminal, { debug: false, redact: (text) => text }));
}
