import type { Bench } from "./bench.ts";
import { ended } from "./ended.ts";
import type { Figure } from "./figure.ts";
import { makeFleet } from "./fleet.ts";
import { live } from "./live.ts";

/** What a thousand runs cost: at work, and when all of them have ended. */
export async function thousand(bench: Bench): Promise<readonly Figure[]> {
  const fleet = makeFleet(bench);
  return [...(await live(bench, fleet)), ...(await ended(bench, fleet))];
}
