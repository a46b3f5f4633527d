import { link, mkdir, readdir, readFile, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../domain/problem.ts";
import type { State, StateStore } from "./state.ts";

const MAX_ATTEMPTS = 500;

/**
 * The state in a folder that several processes share. Each change is a file of its own, `<number>.json`, made complete
 * under another name and then linked: linking fails when somebody else took the number, and the change is made again on
 * theirs. So there is no lock that a killed process could leave behind. The files before the last two are emptied and
 * keep their names, so that a slow writer can never take an old number. Throws `config` where `create` was not called.
 */
export function fileState(folder: string): StateStore {
  let copies = 0;

  async function latest(): Promise<{ readonly number: number; readonly state: State }> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const number = Math.max(0, ...(await numbers(folder)));
      if (number === 0) throw absent(folder);
      const state = whole(await readFile(join(folder, name(number)), "utf8"));
      if (state) return { number, state };
    }
    throw busy(folder);
  }

  async function update<T>(change: (state: State) => T): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const { number, state } = await latest();
      const result = change(state);
      copies += 1;
      if (await publish(folder, number + 1, state, `${process.pid}-${copies}`)) return result;
    }
    throw busy(folder);
  }

  return { read: async () => (await latest()).state, update };
}

/** Puts the first state there; a folder that has one already keeps it. */
export async function createState(folder: string, state: State): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await numbers(folder)).length === 0) await publish(folder, 1, state, `${process.pid}-0`);
}

/** Null for a file that was emptied between listing and reading: there is a newer one. */
function whole(text: string): State | null {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function publish(folder: string, number: number, state: State, unique: string): Promise<boolean> {
  const draft = join(folder, `draft-${unique}`);
  await writeFile(draft, JSON.stringify(state), { mode: 0o600 });
  try {
    await link(draft, join(folder, name(number)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft);
  }
  if (number > 2) await truncate(join(folder, name(number - 2)), 0);
  return true;
}

async function numbers(folder: string): Promise<number[]> {
  try {
    return (await readdir(folder))
      .map((file) => Number(/^(\d+)\.json$/.exec(file)?.[1] ?? 0))
      .filter(Boolean);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw absent(folder);
    throw error;
  }
}

function name(number: number): string {
  return `${String(number).padStart(8, "0")}.json`;
}

function absent(folder: string): Problem {
  return new Problem("config", `There is no embedded GitHub in ${folder}.`, { hint: "rally demo makes one" });
}

function busy(folder: string): Problem {
  return new Problem("github", `The embedded GitHub in ${folder} is too busy.`, { hint: "try again" });
}
