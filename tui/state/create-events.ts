import type { Event } from "../events.ts";
import type { State } from "../model.ts";
import * as creates from "./create.ts";

export function reduceCreate(state: State, event: Event): State {
  if (event.type === "create") {
    const projects = state.list.data?.projects ?? [];
    const create = state.create
      ? creates.inProject({ ...state.create, projects }, event.project)
      : creates.openCreate(projects, event.project);
    return { ...state, screen: "create", create };
  }
  const { create } = state;
  if (!create) return state;
  const to = (next: creates.Create): State => ({ ...state, create: next });
  switch (event.type) {
    case "targets":
      if (event.project !== create.project) return state;
      return to({ ...create, targets: event.targets, trouble: event.trouble });
    case "create_typed":
      return to(creates.createTyped(create, event.edit));
    case "create_move":
      return to(creates.createMoved(create, event.by));
    case "create_at":
      return to(creates.createMoved({ ...create, at: 0 }, event.at));
    case "create_mark":
      return to(creates.createMarked(create));
    case "create_field":
      return to(creates.nextSpot(create, event.by));
    case "create_option":
      return to(creates.nextMode(create));
    case "create_task":
      return to({ ...create, task: !create.task, spot: "main" });
    case "create_left":
      return { ...state, screen: "fleet", create: null };
    default:
      return state;
  }
}
