import type { NewDispatch, NewRun } from "../../src/store/admit.ts";

/** The first moment of every test; later ones are counted from it. */
export const T0 = 1_750_000_000_000;

export const RUN: NewRun = {
  role: "worker",
  agent: "copilot",
  message: null,
  resume: false,
  session: null,
  priority: 1,
};

export function fresh(
  projectId: number,
  number: number | null,
  more: Partial<NewDispatch> = {},
): NewDispatch {
  const kind = number === null ? "task" : "issue";
  const title = number === null ? "A task" : `Issue ${number}`;
  return { projectId, kind, number, title, agent: "copilot", mode: "work", sandbox: "none", ...more };
}
