import { describe, test } from "bun:test";
import { CASES } from "./github.ts";
import { IMPLEMENTATIONS } from "./github-bench.ts";

for (const [name, make] of Object.entries(IMPLEMENTATIONS))
  describe(`GitHub: ${name}`, () => {
    for (const { name: what, run, except } of CASES) {
      const reason = except?.[name];
      test(reason ? `${what} (not here: ${reason})` : what, async () => {
        if (reason) return;
        const bench = await make();
        try {
          await run(bench);
        } finally {
          await bench.close();
        }
      });
    }
  });
