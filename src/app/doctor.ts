import type { World } from "../world.ts";
import { type Reply, said } from "./reply.ts";

export async function doctor(world: World): Promise<Reply> {
  return said(`home ${world.config.home}`, { home: world.config.home });
}
