import type { Outside, Screen } from "../../tui/outside.ts";

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

/** A terminal that nobody else wants. */
export const OWN_SCREEN: Screen = {
  lend: (work) => work(),
  copy: () => true,
  notify: () => undefined,
  quit: () => undefined,
};
