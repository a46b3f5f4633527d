import type { Outside } from "../../tui/outside.ts";

/** A machine with nothing around the dashboard. */
export const ALONE: Outside = {
  run: async () => 0,
  shell: async () => 0,
  names: async () => [],
  paths: async (folder) => ({ written: folder, found: [] }),
  browse: async () => false,
  page: async () => "",
  more: {},
  desktop: true,
  pause: async () => true,
};
