/** How much, and where: `RALLY_CHAOS=long` for all of it; a story and a boundary by name and number, to see one again. */
export const CHAOS = {
  long: process.env.RALLY_CHAOS === "long",
  story: process.env.RALLY_CHAOS_STORY ?? null,
  at: process.env.RALLY_CHAOS_AT ? Number(process.env.RALLY_CHAOS_AT) : null,
  seed: Number(process.env.RALLY_CHAOS_SEED ?? Date.now() % 1_000_000),
} as const;
