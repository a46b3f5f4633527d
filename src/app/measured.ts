import type { Fleet } from "../domain/group.ts";
import type { Time } from "../domain/words.ts";
import { type Measures, measures } from "../store/measures.ts";
import type { World } from "../world.ts";
import { statusNow } from "./status.ts";
import type { HeartbeatFacts } from "./status-json.ts";

/** What the metrics are made of: everything there is, with what was done long ago. */
export type Measured = Measures & {
  readonly fleet: Fleet;
  readonly heartbeat: HeartbeatFacts;
  readonly capacity: number;
  readonly now: Time;
};

export function measured(world: World): Measured {
  const { fleet, heartbeat, now } = statusNow(world, { all: true });
  return { ...measures(world.store), fleet, heartbeat, capacity: world.config.capacity, now };
}
