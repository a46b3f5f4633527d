import type { GitHub, HttpCache } from "../../src/github/github.ts";
import { type People, people } from "../../src/github/memory/people.ts";
import { addRepo, emptyState, heldState, iso, type StateStore } from "../../src/github/memory/state.ts";
import { memoryGitHub } from "../../src/github/memory.ts";
import { octokitGitHub } from "../../src/github/octokit.ts";
import type { Log } from "../../src/log.ts";
import { type StandIn, standIn } from "../fixtures/github/server.ts";

/** A GitHub with one organisation's private repository and a fork of it, and the people who act on it. */
export type Bench = {
  readonly github: GitHub;
  readonly people: People;
  readonly host: string;
  readonly clock: Clock;
  close(): Promise<void>;
};

export type Clock = { now(): number; iso(): string; advance(ms: number): void };

export const SILENT: Log = { debug: () => undefined, warn: () => undefined, error: () => undefined };

export function clockAt(start: string): Clock {
  let at = Date.parse(start);
  return {
    now: () => at,
    iso: () => iso(at),
    advance: (ms) => {
      at += ms;
    },
  };
}

export function seeded(): StateStore {
  const state = emptyState("ana");
  addRepo(state, { name: "acme/app", ownerKind: "organization", private: true, heads: { main: "base0" } });
  addRepo(state, { name: "ben/app", parent: "acme/app", access: "read", heads: { main: "base0" } });
  return heldState(state);
}

/** A cache in memory that keeps the last budget of each resource. */
export function heldCache() {
  const entries = new Map<string, NonNullable<ReturnType<HttpCache["get"]>>>();
  const budgets = new Map<string, Parameters<HttpCache["budget"]>[1]>();
  const cache: HttpCache = {
    get: (key) => entries.get(key) ?? null,
    set: (key, entry) => void entries.set(key, entry),
    budget: (resource, budget) => void budgets.set(resource, budget),
  };
  return { cache, entries, budgets };
}

export const IMPLEMENTATIONS: Readonly<Record<string, () => Promise<Bench>>> = {
  memory: async () => {
    const clock = clockAt("2026-03-01T12:00:00Z");
    const store = seeded();
    const github = memoryGitHub(store, { now: clock.now });
    return { github, people: people(store, clock), host: "github.com", clock, close: async () => undefined };
  },
  octokit: async () => {
    const { github, people: persons, server, clock } = await served();
    return { github, people: persons, host: new URL(server.url).host, clock, close: server.close };
  },
};

export type Served = {
  readonly github: GitHub;
  readonly people: People;
  readonly server: StandIn;
  readonly clock: Clock;
  readonly store: StateStore;
  readonly held: ReturnType<typeof heldCache>;
  /** Another client of the same server. */
  client(change?: Partial<Parameters<typeof octokitGitHub>[0]>): GitHub;
};

export const TOKEN = "ghx_0123456789abcdefSECRET";
export const OTHER_TOKEN = "ghx_another_token_SECRET";

export async function served(): Promise<Served> {
  const clock = clockAt("2026-03-01T12:00:00Z");
  const store = seeded();
  const server = await standIn({ store, now: clock.now, tokens: { [TOKEN]: "ana", [OTHER_TOKEN]: "cem" } });
  const held = heldCache();
  const client: Served["client"] = (change = {}) =>
    octokitGitHub({
      apiUrl: server.url,
      token: TOKEN,
      cache: held.cache,
      now: clock.now,
      timeoutMs: 5_000,
      retries: false,
      log: SILENT,
      ...change,
    });
  return { github: client(), people: people(store, clock), server, clock, store, held, client };
}
