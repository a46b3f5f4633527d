import { fill, theatre } from "./stage.ts";

/** `bun test/tui/seed.ts`: a filled home to look at the dashboard with. On TERM or Ctrl-C it tidies up. */
const over = Promise.withResolvers<void>();
process.on("SIGTERM", () => over.resolve());
process.on("SIGINT", () => over.resolve());
const keep = setInterval(() => undefined, 60_000);
const play = await theatre();
await fill(play);
process.stdout.write(`${play.stage.root}\n`);
await over.promise;
await play.end();
clearInterval(keep);
