import { expect, test } from "bun:test";
import { random } from "../fixtures/random.ts";
import { CHAOS } from "./chaos.ts";
import { isPossible, STORIES } from "./stories.ts";
import { type Kill, type Stage, type Story, stage, tell } from "./story.ts";

/** What `bun test` may spend here when nobody asked for all of it. */
const SHORT_MS = 25_000;
const SHORT_KILLS = 4;
const LONG_RANDOM_KILLS = 1_000;
const MOST_FAILURES = 5;

const possible = STORIES.filter(isPossible);
if (possible.length < STORIES.length)
  console.warn("chaos: bubblewrap is not here, so that no story is told behind walls.");
const told = possible.filter(({ name }) => CHAOS.story === null || name === CHAOS.story);

if (CHAOS.long || CHAOS.story !== null) {
  for (const story of told)
    test(`invariant 21: "${story.name}", killed at every boundary and at random moments, ends as undisturbed`, async () => {
      await on(story, async (stage) => {
        const failures =
          CHAOS.at === null ? await everywhere(stage) : await killed(stage, [{ at: CHAOS.at }]);
        expect(failures).toEqual([]);
      });
    }, 3_600_000);
} else {
  test(
    "invariant 21: killed at a sample of boundaries, stories end as undisturbed (all of them: bun run test:chaos)",
    async () => expect(await sample()).toEqual([]),
    SHORT_MS * 4,
  );
}

/** As many stories as the time allows, in an order of chance; the first one is always the main one. */
async function sample(): Promise<string[]> {
  const chance = random(CHAOS.seed);
  const [first, ...rest] = told;
  const order = rest.map((story) => ({ story, key: chance.unit() })).sort((a, b) => a.key - b.key);
  const until = performance.now() + SHORT_MS;
  const failures: string[] = [];
  let [stories, kills] = [0, 0];
  for (const story of [...(first ? [first] : []), ...order.map((one) => one.story)]) {
    if (performance.now() > until) break;
    stories += 1;
    await on(story, async (stage) => {
      for (let n = 0; n < SHORT_KILLS && performance.now() < until; n += 1, kills += 1)
        failures.push(...(await killed(stage, [{ at: 1 + chance.int(stage.boundaries.length) }])));
    });
  }
  console.info(
    `chaos: ${kills} kills in ${stories} of ${told.length} stories (RALLY_CHAOS_SEED=${CHAOS.seed})`,
  );
  return failures;
}

async function everywhere(stage: Stage): Promise<string[]> {
  const began = performance.now();
  const failures: string[] = [];
  for (let at = 1; at <= stage.boundaries.length && failures.length < MOST_FAILURES; at += 1)
    failures.push(...(await killed(stage, [{ at }])));
  const chance = random(CHAOS.seed + Bun.hash.crc32(stage.story.name));
  const moments = Math.ceil(LONG_RANDOM_KILLS / possible.length);
  for (let n = 0; n < moments && failures.length < MOST_FAILURES; n += 1) {
    const moment = (): Kill => ({ afterMs: Math.floor(chance.unit() * stage.tookMs * 1.1) });
    failures.push(...(await killed(stage, chance.chance(0.3) ? [moment(), moment()] : [moment()])));
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const { story, boundaries } = stage;
  console.info(
    `chaos: "${story.name}": ${boundaries.length} boundaries, ${moments} random kills, ${seconds} s (RALLY_CHAOS_SEED=${CHAOS.seed})`,
  );
  return failures;
}

/** A sentence when the end is another one: where it was killed, what differs, and how to see it again. */
async function killed(stage: Stage, kills: readonly Kill[]): Promise<string[]> {
  const { differences } = await tell(stage, kills).catch((error: unknown) => ({
    differences: [String(error)],
  }));
  if (differences.length === 0) return [];
  const where = kills.map((kill) =>
    "at" in kill ? `at ${kill.at} (${stage.boundaries[kill.at - 1]})` : `after ${kill.afterMs} ms`,
  );
  const at =
    kills[0] && "at" in kills[0] ? ` RALLY_CHAOS_AT=${kills[0].at}` : ` RALLY_CHAOS_SEED=${CHAOS.seed}`;
  const again = `RALLY_CHAOS_STORY="${stage.story.name}"${at} bun test ./test/chaos/kills.test.ts`;
  return [
    `"${stage.story.name}" killed ${where.join(", then ")}:\n  ${differences.join("\n  ")}\n  again: ${again}`,
  ];
}

async function on(story: Story, work: (stage: Stage) => Promise<void>): Promise<void> {
  const set = await stage(story);
  try {
    await work(set);
  } finally {
    set.room.remove();
  }
}
