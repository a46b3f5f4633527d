#!/usr/bin/env -S bun --no-env-file --config=/dev/null
import { Problem } from "./domain/problem.ts";
import { main } from "./wiring/cli.ts";

// Ctrl-C ends with 130 whatever is at work; what is half done is mended by the next command.
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  // Nothing but a fault in the edge itself comes this far.
  process.stderr.write(`This is a bug in Rally: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof Problem ? error.exit : 70;
});
process.exit(code);
