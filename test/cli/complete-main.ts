import { type Candidate, complete, type Wanted } from "../../src/cli/complete.ts";
import { COMMANDS } from "../../src/domain/commands.ts";

/** What `rally __complete` does, with a fleet of its own. */
const KNOWN: Partial<Record<Wanted, Candidate[]>> = {
  dispatch: [
    { value: "7", help: "#42 Fix login: a colon" },
    { value: "71", help: "#43 Dark mode" },
  ],
  project: [{ value: "acme/app", help: "" }],
  agent: [
    { value: "claude", help: "" },
    { value: "copilot", help: "" },
  ],
};

const [name, ...words] = process.argv.slice(2);
if (name !== "__complete") process.exit(2);
const lines = await complete(COMMANDS, words, async (wanted) => KNOWN[wanted] ?? []);
process.stdout.write(lines.map((line) => `${line}\n`).join(""));
