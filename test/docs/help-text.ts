import { join } from "node:path";
import { helpReply } from "../../src/cli/help.ts";
import { print } from "../../src/cli/print.ts";
import { COMMANDS } from "../../src/domain/commands.ts";

/** The contents of src/cli/help-text.ts, from the declarations. */
export async function helpTextFile(): Promise<string> {
  let text = "";
  const terminal = {
    out: async (part: string) => {
      text += part;
    },
    err: () => {},
    width: 80,
    outTty: false,
    errTty: false,
    inTty: false,
    colour: false,
    errColour: false,
  };
  await print(helpReply(COMMANDS), terminal, { json: false, debug: false, redact: (said) => said });
  return `/** \`rally --help\` at 80 columns, written from the declarations by test/docs/help-text.ts, because a module costs more than all its text. */\nexport const HELP_TEXT = \`${text.replace(/[\\`$]/g, "\\$&")}\`;\n`;
}

export async function writeHelpText(): Promise<void> {
  await Bun.write(join(import.meta.dir, "../../src/cli/help-text.ts"), await helpTextFile());
}

if (import.meta.main) await writeHelpText();
