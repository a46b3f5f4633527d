import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdmitRequest, type Admitted, admit } from "../../src/store/admit.ts";
import { type OpenOptions, openStore, type Store } from "../../src/store/open.ts";
import { addProject } from "../../src/store/projects.ts";
import { fresh, RUN, T0 } from "./values.ts";

export const BY = { actor: "cli:ana", at: T0 } as const;
export const RALLY = { actor: "rally", at: T0 } as const;

const opened: Store[] = [];
const folders: string[] = [];

/** After each test: `afterEach(leaveNothing)` in every file, because a hook belongs to the file that is loading. */
export function leaveNothing(): void {
  for (const store of opened.splice(0)) store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rally-store-"));
  folders.push(folder);
  return folder;
}

/** A store that is closed after the test; in a home of its own unless one is named. */
export function newStore(home = join(newFolder(), "home"), options: OpenOptions = {}): Store {
  const store = openStore(home, options);
  opened.push(store);
  return store;
}

export function newProject(store: Store, name = "app"): number {
  return addProject(store, BY, { name, repo: `acme/${name}`, path: `/code/${name}`, remote: "origin" }).id;
}

export function dispatched(store: Store, number: number | null, more: Partial<AdmitRequest> = {}): Admitted {
  const projectId = newProject(store);
  return admit(store, { ...BY, dispatch: { fresh: fresh(projectId, number) }, run: RUN, ...more });
}

/** The Problem that an action throws; fails where it throws none. */
export function problemOf(action: () => unknown): Error & { code: string; hint: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && error.name === "Problem") return error as ReturnType<typeof problemOf>;
    throw error;
  }
  throw new Error("It went through, and a Problem was expected.");
}
