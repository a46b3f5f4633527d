import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/domain/commands.ts";
import { type Place, place } from "./place.ts";
import { dispatches, isPlain, rally } from "./rally.ts";

setDefaultTimeout(90_000);

let at: Place;
beforeAll(async () => {
  at = await place();
  await rally(at, ["onboard", "."]);
  await rally(at, ["dispatch", "42", "--wait"]);
});
afterAll(() => at.close());

const ARGS: Readonly<Record<string, string>> = {
  dispatch: "43",
  path: ".",
  word: "bash",
  setting: "capacity",
  project: "app",
  text: "x",
  target: "43",
};

/** A line that is complete, so that only who types it can be wrong with it. */
function lineOf(command: (typeof COMMANDS)[number]): string[] {
  const args = command.args
    .filter((arg) => !arg.optional)
    .map((arg) => (arg.kind === "dispatch" ? "1" : (arg.of?.[0] ?? ARGS[arg.kind] ?? "x")));
  return [...command.name.split(" "), ...args];
}

/** What an agent may do: declare, ask, and read (safety.md 1). */
const ALLOWED = ["declare-stage", "ask"];
const WORLDLESS = ["demo"];

describe("called by an agent", () => {
  const shut = COMMANDS.filter(
    (one) =>
      one.surfaces.includes("cli") &&
      !one.reads &&
      !ALLOWED.includes(one.name) &&
      !WORLDLESS.includes(one.name),
  );
  const open = COMMANDS.filter((one) => one.reads && !one.hidden && one.surfaces.includes("cli"));

  test("with RALLY_RUN set, all that changes something is refused, and changes nothing", async () => {
    const before = await rally(at, ["status", "--json"]);
    const said = await Promise.all(
      shut.map(async (command) => ({
        command,
        said: await rally(at, lineOf(command), { env: { RALLY_RUN: "x:1" } }),
      })),
    );
    for (const { command, said: one } of said) {
      expect([command.name, one.exit, one.out]).toEqual([command.name, 5, ""]);
      expect(one.err).toContain(`An agent cannot call rally ${command.name}`);
      expect(isPlain(one)).toBe(true);
    }
    const after = await rally(at, ["status", "--json"]);
    const steady = (text: string) => text.replace(/"(generated_at|as_of|last_fast_at)":"[^"]*"/g, "");
    expect(steady(after.out)).toBe(steady(before.out));
    expect(shut.length).toBeGreaterThan(15);
  });

  test("what only reads is answered", async () => {
    for (const command of open.filter((one) => !["review", "attach", "path"].includes(one.name))) {
      const said = await rally(at, lineOf(command), { env: { RALLY_RUN: "x:1" } });
      expect([command.name, said.exit === 5, isPlain(said)]).toEqual([command.name, false, true]);
    }
    for (const flag of ["--post", "--edit"])
      expect((await rally(at, ["review", "1", flag], { env: { RALLY_RUN: "x:1" } })).exit).toBe(5);
  });

  test("from a descendant of a live run it is refused even when the agent unsets RALLY_RUN", async () => {
    const out = join(at.dir, "tried");
    mkdirSync(out);
    writeFileSync(
      join(at.dir, "bin/sneaky"),
      `#!/bin/sh
cat >/dev/null
for line in "push 1" "pr 1" "clean 1 --yes --force" "dispatch 43" "stop 1" "answer 1 yes" "config set sandbox.kind none" "onboard ." "up"; do
  env -u RALLY_RUN -u RALLY_RUN_DIR '${at.dir}/bin/rally' $line >'${out}/said' 2>&1; echo "$line $?" >>'${out}/codes'
  (setsid env -i HOME="$HOME" PATH="$PATH" RALLY_HOME="$RALLY_HOME" '${at.dir}/bin/rally' $line; echo "away $line $?" >>'${out}/codes') >/dev/null 2>&1
  rally $line >/dev/null 2>&1; echo "shim $line $?" >>'${out}/codes'
done
env -u RALLY_RUN '${at.dir}/bin/rally' status >/dev/null; echo "status $?" >>'${out}/codes'
echo done >work.txt; git add work.txt; git commit -qm work
`,
      { mode: 0o755 },
    );
    await rally(at, ["config", "set", "agents.sneaky.command", join(at.dir, "bin/sneaky")]);
    await rally(at, ["dispatch", "44", "--agent", "sneaky", "--wait"]);
    const codes = readFileSync(join(out, "codes"), "utf8").trim().split("\n");
    expect(
      codes
        .filter((line) => !line.startsWith("status"))
        .map((line) => [line, Number(line.split(" ").at(-1))]),
    ).toEqual(codes.filter((line) => !line.startsWith("status")).map((line) => [line, 5]));
    expect(codes.at(-1)).toBe("status 0");
    expect((await dispatches(at)).map((one) => one.id)).toEqual([1, 2]);
  });
});
