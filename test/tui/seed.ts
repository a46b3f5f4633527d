import { fill, theatre } from "./stage.ts";

/** `bun test/tui/seed.ts`: a filled home to look at the dashboard with. Ends, and tidies up, when its input ends. */
const play = await theatre();
await fill(play);
process.stdout.write(`${play.stage.root}\n`);
for await (const _ of process.stdin) {
  // Whatever is typed: it ends with the input.
}
await play.end();
