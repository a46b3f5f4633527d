import { terminal } from "../../src/cli/terminal.ts";
import { loadConfig, processEnv } from "../../src/config.ts";

/** Says what its terminal is, or prints much. */
const at = terminal(loadConfig(processEnv()).env);
if (process.argv[2] === "much") {
  for (let count = 0; count < 50; count++) await at.out(`${"x".repeat(99_999)}\n`);
  at.err("all written\n");
} else {
  const { width, outTty, errTty, inTty, colour } = at;
  await at.out(`${JSON.stringify({ width, outTty, errTty, inTty, colour })}\n`);
}
