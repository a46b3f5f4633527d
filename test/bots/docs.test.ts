import { expect, test } from "bun:test";
import { join } from "node:path";
import { understood } from "../../bots/speech.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { COMMANDS } from "../../src/domain/commands.ts";
import { parseLine } from "../../src/domain/grammar.ts";
import { type Home, newHome } from "./home.ts";

const ROOT = join(import.meta.dir, "../..");

for (const name of ["slack", "telegram"])
  test(`every line and setting that docs/${name}.md shows is one`, async () => {
    const text = await Bun.file(join(ROOT, "docs", `${name}.md`)).text();
    const shell = [...text.matchAll(/(?<=`|^)rally ([^`\n]+)/gm)].map(([, line = ""]) => line);
    expect(shell.length).toBeGreaterThan(5);
    for (const line of shell) {
      const words = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
      expect(() => parseLine(COMMANDS, words, { surface: "cli" })).not.toThrow();
    }
    for (const [key] of text.matchAll(/chat\.[\w.]+/g)) expect(Object.keys(SETTINGS)).toContain(key);
    const home: Home = newHome();
    try {
      const lines = [...text.matchAll(/(?<=^|`)[/](?:rally |)[a-z]+(?: [^`\n]+)?(?=$|`)/gm)].map(
        ([line]) => line,
      );
      const ours = lines.filter(
        (line) => !/^\/(invite|newbot|token|start|status@your_bot)|<line>/.test(line),
      );
      expect(ours.length).toBeGreaterThan(4);
      for (const line of ours)
        expect(() => understood(home.world, line, { room: "slack:C1", dispatchId: 1 })).not.toThrow();
    } finally {
      home.remove();
    }
  });
