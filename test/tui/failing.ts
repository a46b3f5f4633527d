import { printProblem } from "../../src/cli/print.ts";
import { terminal } from "../../src/cli/terminal.ts";
import { loadConfig, processEnv } from "../../src/config.ts";
import { makeWorld } from "../../src/wiring/world.ts";
import { openDashboard } from "../../tui/open.ts";
import { ALONE } from "./alone.ts";

/** The dashboard in a world whose clock breaks after a while, in the middle of a timer. */
const config = loadConfig(processEnv());
const world = makeWorld(config);
let looks = 0;
const broken = {
  ...world,
  now: () => {
    looks += 1;
    if (looks > 20) throw new Error("the clock broke");
    return world.now();
  },
};
const code = await openDashboard(broken, ALONE).then(
  () => 0,
  (error) => printProblem(error, terminal(config.env), { debug: false, redact: (text) => text }),
);
process.exit(code);
