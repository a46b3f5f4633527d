#!/usr/bin/env -S bun --no-env-file --config=/dev/null
import { quickAnswer } from "./cli/quick.ts";

// Ctrl-C ends with 130 whatever is at work; what is half done is mended by the next command.
process.on("SIGINT", () => void leave(130));
process.on("SIGTERM", () => void leave(143));

const words = process.argv.slice(2);
const quick = quickAnswer(words);
if (quick !== null) {
  await Bun.write(Bun.stdout, quick);
  process.exit(0);
}
const { main } = await import("./wiring/cli.ts");
process.exit(await main(words));

/** What is waited for is in process groups of its own, and would go on without anybody. */
async function leave(code: number): Promise<never> {
  const { stopChildren } = await import("./process.ts");
  stopChildren();
  process.exit(code);
}
