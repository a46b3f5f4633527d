import type { Import, Source } from "./sources.ts";

/** What a room may import: other rooms, and rooms of which it may know the types only. Its own room is always open. */
type Doors = { readonly rooms: readonly string[]; readonly types?: readonly string[] };

/** Their changes of the outside are named by them; those of files by `files`. */
const EDGE: Doors = { rooms: ["domain", "process", "boundary", "log"], types: ["config"] };
const INNER = ["domain", "world", "config", "log", "files", "process", "store", "git", "agents", "github"];
const SURFACE: Doors = {
  rooms: ["world", "app", "heartbeat", "cli", "domain", "config"],
  types: ["log", "store"],
};

/** ARCHITECTURE.md, "Who may import whom". */
export const ROOMS: Readonly<Record<string, Doors>> = {
  domain: { rooms: [] },
  boundary: { rooms: [] },
  files: { rooms: ["boundary"] },
  redact: { rooms: [] },
  log: { rooms: ["domain"], types: ["config"] },
  config: { rooms: ["domain", "files"], types: ["agents"] },
  process: { rooms: ["domain", "boundary", "log"], types: ["config"] },
  world: { rooms: ["domain"], types: ["config", "log", "store", "git", "agents", "github"] },
  store: EDGE,
  git: EDGE,
  agents: { ...EDGE, rooms: ["domain", "process", "files", "log"] },
  github: EDGE,
  runs: { rooms: INNER },
  app: { rooms: [...INNER, "runs"] },
  heartbeat: { rooms: [...INNER, "runs"] },
  web: { rooms: ["domain", "world", "app"], types: ["config", "log", "store"] },
  cli: { rooms: ["domain", "app"], types: ["world", "config", "log"] },
  bots: { rooms: [...SURFACE.rooms, "store", "boundary"], types: ["log"] },
  "bots/slack": { ...SURFACE, rooms: [...SURFACE.rooms, "bots", "wiring"] },
  "bots/telegram": { ...SURFACE, rooms: [...SURFACE.rooms, "bots", "wiring"] },
  tui: SURFACE,
  main: { rooms: ["cli", "process", "wiring"] },
  wiring: {
    rooms: [
      ...INNER,
      ...[
        "boundary",
        "runs",
        "app",
        "heartbeat",
        "cli",
        "redact",
        "web",
        "bots",
        "bots/slack",
        "bots/telegram",
        "tui",
      ],
    ],
  },
};

/** Packages that live in one room only. */
const AT_HOME: readonly { readonly package: RegExp; readonly rooms: readonly string[] }[] = [
  { package: /^(drizzle-orm|drizzle-kit)(\/|$)|^bun:sqlite$/, rooms: ["store"] },
  { package: /^@octokit\//, rooms: ["github"] },
  { package: /^croner$/, rooms: ["heartbeat"] },
  { package: /^@slack\//, rooms: ["bots/slack"] },
  { package: /^(grammy|@grammyjs\/.*)$/, rooms: ["bots/telegram"] },
  { package: /^@opentui\//, rooms: ["tui"] },
  { package: /^yaml$/, rooms: ["config"] },
  { package: /^(node:)?child_process$/, rooms: [] },
  { package: /^bun:test$/, rooms: [] },
];

/** `src/git/diff.ts` → `git`, `src/process/group.ts` → `process`, `src/main.ts` → `main`, `bots/slack/bot.ts` → `bots/slack`. */
export function roomOf(path: string): string {
  const parts = path.replace(/\.tsx?$/, "").split("/");
  if (parts[0] === "src") return parts[1] ?? "";
  if (parts[0] === "bots") return parts.length > 2 ? `bots/${parts[1]}` : "bots";
  return parts[0] ?? "";
}

export function isProduct(path: string): boolean {
  return /^(src|bots|tui)\//.test(path);
}

/** Sentences about imports that break the rules; empty when none does. */
export function brokenDoors(source: Source, dependencies: readonly string[]): string[] {
  const room = roomOf(source.path);
  const doors = ROOMS[room];
  if (!doors) return [`${source.path}: there is no room "${room}"`];
  return source.imports.flatMap((entry) => {
    const why = entry.local ? ofRoom(room, doors, entry) : ofPackage(room, entry, dependencies);
    return why ? [`${source.path}: ${why}`] : [];
  });
}

function ofRoom(room: string, doors: Doors, entry: Import): string | null {
  if (/^(migrations|package\.json)/.test(entry.to)) return null;
  if (!isProduct(entry.to)) return `the product never imports ${entry.to}`;
  if (!/\.\w+$/.test(entry.to)) return `"${entry.to}" needs its extension`;
  const other = roomOf(entry.to);
  if (other === room || doors.rooms.includes(other)) return null;
  if (entry.typeOnly && doors.types?.includes(other)) return null;
  return `${room} may not import ${doors.types?.includes(other) ? `more than types from ${other}` : other} (${entry.to})`;
}

function ofPackage(room: string, entry: Import, dependencies: readonly string[]): string | null {
  const rule = AT_HOME.find((candidate) => candidate.package.test(entry.to));
  if (rule && !rule.rooms.includes(room))
    return `${entry.to} belongs to ${rule.rooms.join(", ") || "no room"}`;
  if (/^(node:|bun:|bun$)/.test(entry.to)) return null;
  const name = entry.to
    .split("/")
    .slice(0, entry.to.startsWith("@") ? 2 : 1)
    .join("/");
  return dependencies.includes(name) ? null : `${entry.to} is not among the dependencies`;
}
