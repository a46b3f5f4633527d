import type { RunRow } from "../store/rows.ts";
import type { World } from "../world.ts";

export async function bringCommitsHome(_world: World, _run: RunRow): Promise<string | null> {
  return null;
}
