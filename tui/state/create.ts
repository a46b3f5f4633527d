import type { ProjectChoice } from "../../src/app/dashboard-data.ts";
import type { OpenTarget } from "../../src/app/dashboard-texts.ts";
import { ranked } from "../../src/cli/picker.ts";
import { MODES } from "../../src/domain/words.ts";
import { type Edit, EMPTY_FIELD, edited, type Field } from "../field.ts";

/** What can be set for new dispatches; an empty value is the usual one. */
export const OPTIONS = ["agent", "model", "base"] as const;
export type Option = (typeof OPTIONS)[number];
/** Where typing goes: the search (or the task), or one of the options. */
export type Spot = "main" | Option;

export type Create = {
  readonly projects: readonly ProjectChoice[];
  readonly project: number;
  /** Null while GitHub is asked. */
  readonly targets: readonly OpenTarget[] | null;
  readonly trouble: string | null;
  /** A task in words instead of issues and pull requests. */
  readonly task: boolean;
  readonly main: Field;
  readonly options: Readonly<Record<Option, Field>>;
  readonly mode: (typeof MODES)[number] | null;
  readonly spot: Spot;
  readonly at: number;
  readonly marked: readonly number[];
};

/** Another project: what a person has set by hand stays, and so does a task; what was looked for and marked was of the other one. */
export function inProject(create: Create, project: number): Create {
  const wasLocal = create.projects.find((one) => one.id === create.project)?.local ?? false;
  const fresh = openCreate(create.projects, project);
  const written = create.task && create.main.text.trim() !== "";
  const task = fresh.task || written || (create.task && !wasLocal);
  const { options, mode, spot } = create;
  return { ...fresh, options, mode, spot, task, main: create.task ? create.main : fresh.main };
}

export function openCreate(projects: readonly ProjectChoice[], project: number): Create {
  const owner = projects.find((one) => one.id === project);
  return {
    projects,
    project,
    targets: null,
    trouble: null,
    task: owner?.local ?? false,
    main: EMPTY_FIELD,
    options: { agent: EMPTY_FIELD, model: EMPTY_FIELD, base: EMPTY_FIELD },
    mode: null,
    spot: "main",
    at: 0,
    marked: [],
  };
}

/** The targets that the search finds, best first. */
export function foundTargets(create: Create): readonly OpenTarget[] {
  return ranked(create.targets ?? [], nameOf, create.main.text.trim());
}

function nameOf(target: OpenTarget): string {
  return `#${target.number} ${target.isPull ? "pr " : ""}${target.title} ${target.labels.join(" ")} ${target.author}`;
}

export function createTyped(create: Create, edit: Edit): Create {
  if (create.spot === "main") return { ...create, main: edited(create.main, edit), at: 0 };
  const options = { ...create.options, [create.spot]: edited(create.options[create.spot], edit) };
  return { ...create, options };
}

export function createMoved(create: Create, by: number): Create {
  const last = foundTargets(create).length - 1;
  return { ...create, at: Math.max(0, Math.min(last, create.at + by)) };
}

/** Marks the one under the cursor and goes on; what is dispatched already cannot be marked. */
export function createMarked(create: Create): Create {
  const target = foundTargets(create)[create.at];
  if (!target || target.taken !== null) return createMoved(create, 1);
  const marked = create.marked.includes(target.number)
    ? create.marked.filter((number) => number !== target.number)
    : [...create.marked, target.number];
  return createMoved({ ...create, marked }, 1);
}

export function nextSpot(create: Create, by: 1 | -1): Create {
  const spots: readonly Spot[] = ["main", ...OPTIONS];
  return { ...create, spot: spots.at((spots.indexOf(create.spot) + by) % spots.length) ?? "main" };
}

export function nextProject(create: Create): number {
  const index = create.projects.findIndex((one) => one.id === create.project);
  return create.projects[(index + 1) % create.projects.length]?.id ?? create.project;
}

export function nextMode(create: Create): Create {
  const all = [null, ...MODES];
  return { ...create, mode: all[(all.indexOf(create.mode) + 1) % all.length] ?? null };
}

/** The words of the lines that would be given: one for the issues and pull requests that are marked, or one task. */
export function createLines(create: Create): readonly (readonly string[])[] {
  const owner = create.projects.find((one) => one.id === create.project);
  if (!owner) return [];
  const flags = OPTIONS.flatMap((name) => {
    const value = create.options[name].text.trim();
    return value === "" ? [] : [`--${name}`, value];
  });
  // A path names a project where two have one name.
  const common = [
    ...flags,
    ...(create.mode ? ["--mode", create.mode] : []),
    "--project",
    nameOfProject(create, owner),
  ];
  if (create.task) {
    const text = create.main.text.trim();
    return text === "" ? [] : [["dispatch", "task", ...common, "--", text]];
  }
  const under = foundTargets(create)[create.at];
  const chosen =
    create.marked.length > 0 ? create.marked : under && under.taken === null ? [under.number] : [];
  const kindOf = (number: number) => create.targets?.find((target) => target.number === number)?.isPull;
  const issues = chosen.filter((number) => !kindOf(number));
  const pulls = chosen.filter((number) => kindOf(number));
  return [
    ...(issues.length > 0 ? [["dispatch", "issue", ...issues.map(String), ...common]] : []),
    ...(pulls.length > 0 ? [["dispatch", "pr", ...pulls.map(String), ...common]] : []),
  ];
}

function nameOfProject(create: Create, owner: ProjectChoice): string {
  return create.projects.filter((one) => one.title === owner.title).length > 1 ? owner.path : owner.title;
}
