import { createLines, nextProject } from "../state/create.ts";
import { type Binding, event } from "./binding.ts";

/** New dispatches; letters are typed into the search or the task, so that everything else has ctrl. */
export const CREATE: readonly Binding[] = [
  {
    shown: "↑↓",
    keys: ["up"],
    name: "move",
    help: "one up",
    where: ["create"],
    footer: 0,
    act: () => event({ type: "create_move", by: -1 }),
  },
  {
    keys: ["down"],
    name: "down",
    help: "one down",
    where: ["create"],
    act: () => event({ type: "create_move", by: 1 }),
  },
  {
    keys: ["pageup"],
    name: "page up",
    help: "ten up",
    where: ["create"],
    act: () => event({ type: "create_move", by: -10 }),
  },
  {
    keys: ["pagedown"],
    name: "page down",
    help: "ten down",
    where: ["create"],
    act: () => event({ type: "create_move", by: 10 }),
  },
  {
    keys: ["enter"],
    name: "dispatch",
    help: "dispatch what is marked, else the one under the cursor, or the task",
    where: ["create"],
    line: "dispatch <target>…",
    footer: 1,
    why: (state) => (state.create && createLines(state.create).length > 0 ? null : "nothing is chosen"),
    act: (state) =>
      state.create
        ? {
            do: "all",
            acts: [
              event({ type: "create_left" }),
              { do: "lines", lines: createLines(state.create), land: true },
            ],
          }
        : null,
  },
  {
    keys: ["ctrl-x", "ctrl-space"],
    name: "mark",
    help: "mark it, to dispatch several at once",
    where: ["create"],
    footer: 2,
    act: () => event({ type: "create_mark" }),
  },
  {
    keys: ["ctrl-t"],
    name: "task",
    help: "a task in words, or issues and pull requests",
    where: ["create"],
    footer: 3,
    act: () => event({ type: "create_task" }),
  },
  {
    keys: ["tab"],
    name: "next field",
    help: "search, agent, model, base",
    where: ["create"],
    footer: 5,
    act: () => event({ type: "create_field", by: 1 }),
  },
  {
    keys: ["shift-tab"],
    name: "field before",
    help: "the other way round",
    where: ["create"],
    act: () => event({ type: "create_field", by: -1 }),
  },
  {
    keys: ["ctrl-o"],
    name: "mode",
    help: "what the agent may do",
    where: ["create"],
    footer: 6,
    act: () => event({ type: "create_option" }),
  },
  {
    keys: ["ctrl-n"],
    name: "project",
    help: "the next project; what you have set stays",
    where: ["create"],
    footer: 4,
    why: (state) => ((state.create?.projects.length ?? 0) > 1 ? null : "there is only one"),
    act: (state) => (state.create ? event({ type: "create", project: nextProject(state.create) }) : null),
  },
  {
    keys: ["esc"],
    name: "back",
    help: "back to the fleet",
    where: ["create"],
    footer: 7,
    act: () => event({ type: "create_left" }),
  },
];
