import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isBusy, observe, read } from "./observe.ts";
import { makeRoom, type Room, type Said } from "./room.ts";
import { until } from "./until.ts";

/** Something that people do with Rally, of which one command is killed. */
export type Story = {
  readonly name: string;
  /** Added to the room's configuration. */
  readonly config?: string;
  /** What was there before; done once. Nothing of it may be alive afterwards. */
  readonly given: (room: Room) => Promise<void>;
  /** What is alive while the command is typed; done each time. */
  readonly live?: (room: Room) => Promise<void>;
  /** The command that is killed. */
  readonly line: readonly string[];
  /** The command needs a person at a terminal, who looks how it stands before typing it again. */
  readonly seated?: true;
  /** SQL whose rows are part of the end, where `apart` leaves their tables out. */
  readonly besides?: readonly string[];
  /** SQL that finds something when the command was taken: then nobody types it again. Without it, it is typed again. */
  readonly taken?: string;
  /** What a person types after the kill in place of the same again; undisturbed, it is typed as well. */
  readonly instead?: readonly string[];
  /** Lines of the end that are another's business, where another way leads there after a kill. */
  readonly apart?: RegExp;
  /** What happens after it. */
  readonly after?: (room: Room) => Promise<void>;
};

/** How a command is killed: at its n-th boundary (from 1), or after so many milliseconds; the second one likewise. */
export type Kill = { readonly at: number } | { readonly afterMs: number };

export type Stage = {
  readonly story: Story;
  readonly room: Room;
  /** The boundaries that the command passes when nobody disturbs it. */
  readonly boundaries: readonly string[];
  /** How the undisturbed story ends. */
  readonly end: readonly string[];
  /** Of the undisturbed command. */
  readonly tookMs: number;
};

/** Sets a story up and tells it once without a disturbance. */
export async function stage(story: Story): Promise<Stage> {
  const room = await makeRoom(story.config);
  try {
    await typed(room, ["onboard", "."]);
    await story.given(room);
    room.keep();
    await story.live?.(room);
    const list = join(room.root, "boundaries");
    const began = performance.now();
    await typed(room, story.line, { RALLY_FAULTS: list }, story.seated);
    const tookMs = performance.now() - began;
    if (story.instead) await typed(room, story.instead);
    const boundaries = readFileSync(list, "utf8").split("\n").filter(Boolean);
    rmSync(list);
    return { story, room, boundaries, tookMs, end: await ending(room, story) };
  } catch (error) {
    room.remove();
    throw error;
  }
}

export type Trial = { readonly killed: number; readonly differences: readonly string[] };

/** Tells the story with the command killed, as a person would go on after it; gives how its end differs. */
export async function tell({ story, room, end }: Stage, kills: readonly Kill[]): Promise<Trial> {
  room.restore();
  await story.live?.(room);
  let killed = 0;
  for (const kill of kills) {
    if (killed > 0 && wasTaken(room, story)) break;
    const said = await killedAt(room, story, kill);
    if (said.code !== 137 && !ALLOWED.includes(said.code ?? -1))
      return { killed, differences: [unexpected(story.line, said)] };
    if (said.code !== 137) break;
    killed += 1;
    if (story.seated) await settle(room);
  }
  if (story.instead || (killed > 0 && !wasTaken(room, story))) {
    const line = story.instead ?? story.line;
    const said = await (story.seated ? room.seated(line) : room.rally(line));
    if (!ALLOWED.includes(said.code ?? -1)) return { killed, differences: [unexpected(line, said)] };
  }
  return { killed, differences: difference(end, await ending(room, story)) };
}

/** Done; gone already; in the way of itself. */
const ALLOWED: readonly number[] = [0, 6, 7];

function killedAt(room: Room, { line, seated }: Story, kill: Kill): Promise<Said> {
  const type = seated ? room.seated : room.rally;
  if ("at" in kill) return type(line, { RALLY_FAULT_AT: String(kill.at) });
  return type(line, {}, kill.afterMs);
}

function wasTaken(room: Room, story: Story): boolean {
  return story.taken !== undefined && read(room, story.taken).length > 0;
}

/** Types a line and expects it to work. */
export async function typed(
  room: Room,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  seated = false,
): Promise<Said> {
  const said = await (seated ? room.seated : room.rally)(words, env);
  if (said.code !== 0) throw new Error(unexpected(words, said));
  return said;
}

function unexpected(words: readonly string[], said: Said): string {
  return `rally ${words.join(" ")} ended with ${said.code}: ${said.stderr.trim() || said.stdout.trim()}`;
}

async function ending(room: Room, story: Story): Promise<string[]> {
  await story.after?.(room);
  await settle(room);
  const besides = (story.besides ?? []).map((sql) => `besides ${JSON.stringify(read(room, sql))}`);
  return [...(await observe(room)).filter((line) => !story.apart?.test(line)), ...besides];
}

const SETTLE_MS = 25_000;

/** Looks, as a person does, until nothing is at work any more; and once again, since that must change nothing. */
export async function settle(room: Room): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  do {
    await typed(room, ["refresh"]);
    if (performance.now() > end) throw new Error(`It did not come to rest within ${SETTLE_MS / 1000} s.`);
  } while (isBusy(room));
  await typed(room, ["refresh"]);
}

/** Waits for a file that something alive is about to write. */
export async function appears(path: string): Promise<void> {
  await until(() => existsSync(path), path);
}

function difference(end: readonly string[], now: readonly string[]): string[] {
  const [wanted, found] = [[...end], [...now]];
  for (const line of end) {
    const at = found.indexOf(line);
    if (at < 0) continue;
    found.splice(at, 1);
    wanted.splice(wanted.indexOf(line), 1);
  }
  return [...wanted.map((line) => `- ${line}`), ...found.map((line) => `+ ${line}`)];
}
