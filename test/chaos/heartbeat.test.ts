import { expect, test } from "bun:test";
import { random } from "../fixtures/random.ts";
import { CHAOS } from "./chaos.ts";
import { observe, read } from "./observe.ts";
import { makeRoom, type Room } from "./room.ts";
import { typed } from "./story.ts";
import { until } from "./until.ts";

const ROUNDS = CHAOS.long ? 20 : 1;
const KILLS = CHAOS.long ? 5 : 2;
const MOST_MS = 1_500;

test("invariant 21: a heartbeat that is killed while three agents run is followed by another, to the same end", async () => {
  const room = await makeRoom();
  try {
    await typed(room, ["onboard", "."]);
    await typed(room, ["up", "--until-idle"]);
    room.keep();
    const end = await watched(room, []);
    const chance = random(CHAOS.seed);
    for (let round = 0; round < ROUNDS; round += 1) {
      const kills = Array.from({ length: KILLS }, () => chance.int(MOST_MS));
      const now = await watched(room, kills);
      const missing = end.filter((line) => !now.includes(line));
      const more = now.filter((line) => !end.includes(line));
      expect({ seed: CHAOS.seed, kills, missing, more }).toEqual({
        seed: CHAOS.seed,
        kills,
        missing: [],
        more: [],
      });
    }
  } finally {
    room.remove();
  }
}, 600_000);

/** Three agents work; the gate opens before the last heartbeat but one. */
async function watched(room: Room, killsAfterMs: readonly number[]): Promise<string[]> {
  room.restore();
  await typed(room, ["dispatch", "1", "2", "3", "--agent", "gate"]);
  await until(() => read(room, "SELECT 1 FROM runs WHERE state = 'running'").length === 3, "three agents");
  for (const [index, afterMs] of killsAfterMs.entries()) {
    if (index === killsAfterMs.length - 1) room.open();
    await room.rally(["up", "--until-idle"], {}, afterMs);
  }
  room.open();
  await typed(room, ["up", "--until-idle"]);
  return observe(room);
}
