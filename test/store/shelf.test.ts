import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { HttpCache } from "../../src/github/github.ts";
import { budgets, httpCache, pruneHttpCache } from "../../src/store/http-cache.ts";
import { holdLease, ticked } from "../../src/store/leases.ts";
import { addProject, removeProject, updateProject } from "../../src/store/projects.ts";
import {
  dataVersion,
  heartbeat,
  history,
  lastJournalId,
  project,
  projects,
  strays,
} from "../../src/store/read.ts";
import { homeId } from "../../src/store/settings.ts";
import { recordStrays } from "../../src/store/strays.ts";
import { BY, dispatched, leaveNothing, newProject, newStore, problemOf } from "./fixture.ts";
import { T0 } from "./values.ts";

afterEach(leaveNothing);

test("a home has one id, and another home another", () => {
  const store = newStore();
  const id = homeId(store);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(homeId(newStore(join(store.path, "..")))).toBe(id);
  expect(homeId(newStore())).not.toBe(id);
});

test("the same path is the same project", () => {
  const store = newStore();
  const row = { name: "app", repo: "acme/app", path: "/code/app", cloned: true };
  expect(addProject(store, BY, row)).toEqual({ id: 1, added: true });
  expect(addProject(store, BY, { ...row, name: "other" })).toEqual({ id: 1, added: false });
  expect(addProject(store, BY, { ...row, repo: "evil/app", path: "/code/other/app" })).toEqual({
    id: 2,
    added: true,
  });
  expect(projects(store).map((found) => [found.id, found.name, found.repo, found.cloned])).toEqual([
    [1, "app", "acme/app", true],
    [2, "app", "evil/app", true],
  ]);
  expect(history(store, { limit: 9 }).map((entry) => [entry.event, entry.projectId])).toEqual([
    ["added", 1],
    ["added", 2],
  ]);
});

test("a project's columns change, with a row that names them but for the slow tick's own", () => {
  const store = newStore();
  newProject(store);
  newProject(store, "api");
  updateProject(store, BY, 1, { askTrust: "never", agent: "codex", slowAt: T0 });
  updateProject(store, BY, 1, { slowAt: T0 + 1, seenUntil: "2026-01-01T00:00:00Z", slowError: null });
  updateProject(store, BY, 1, {});
  updateProject(store, BY, 1, { askTrust: "never" });
  expect(project(store, 1)).toMatchObject({
    askTrust: "never",
    agent: "codex",
    slowAt: T0 + 1,
    cloned: false,
  });
  expect(history(store, { limit: 9 }).map((row) => row.event)).toEqual(["added", "added", "changed"]);
  expect(history(store, { limit: 1 })[0]?.data).toEqual({ changed: ["askTrust", "agent"] });
  expect(problemOf(() => updateProject(store, BY, 1, { path: "/code/api" })).code).toBe("conflict");
  expect(problemOf(() => updateProject(store, BY, 9, { agent: null })).code).toBe("missing");
});

test("a project with dispatches stays", () => {
  const store = newStore();
  dispatched(store, 42);
  const problem = problemOf(() => removeProject(store, BY, 1));
  expect(problem).toMatchObject({ code: "conflict", hint: "rally clean 1" });
  newProject(store, "api");
  recordStrays(
    store,
    2,
    [{ worktree: "/w/x", orphan: true, branch: null, dirty: false, unpushed: 0, why: null }],
    T0,
  );
  expect(removeProject(store, BY, 2).name).toBe("api");
  expect([project(store, 2), strays(store), lastJournalId(store)]).toEqual([null, [], 5]);
  expect(problemOf(() => removeProject(store, BY, 2)).code).toBe("missing");
});

test("what is found astray replaces what was found of that project before", () => {
  const store = newStore();
  newProject(store);
  newProject(store, "api");
  const stray = (worktree: string, orphan: boolean) => ({
    worktree,
    orphan,
    branch: "rally/1-x",
    dirty: true,
    unpushed: 2,
    why: orphan ? null : "of another home",
  });
  recordStrays(store, 1, [stray("/w/a", true), stray("/w/b", false)], T0);
  recordStrays(store, 2, [stray("/v/c", true)], T0);
  recordStrays(store, 1, [stray("/w/b", true)], T0 + 1);
  expect(strays(store)).toEqual([
    { ...stray("/v/c", true), projectId: 2, asOf: T0 },
    { ...stray("/w/b", true), projectId: 1, asOf: T0 + 1 },
  ]);
});

test("the cache gives back what GitHub said, and forgets what is old", () => {
  const store = newStore();
  let now = T0;
  const cache: HttpCache = httpCache(store, () => now);
  expect(cache.get("k")).toBeNull();
  cache.set("k", { etag: 'W/"1"', body: "[]", link: null });
  cache.set("k", { etag: 'W/"2"', body: "[1]", link: "<x>; rel=next" });
  expect(cache.get("k")).toEqual({ etag: 'W/"2"', body: "[1]", link: "<x>; rel=next" });
  now += 10;
  cache.set("l", { etag: "e", body: "b", link: null });
  cache.budget("core", { limit: 5_000, remaining: 4_999, resetAt: T0 + 60_000 });
  expect(budgets(store)).toEqual([
    { resource: "core", limit: 5_000, remaining: 4_999, resetAt: T0 + 60_000, at: T0 + 10 },
  ]);
  expect(pruneHttpCache(store, T0 + 5)).toBe(1);
  expect([cache.get("k"), cache.get("l")?.body]).toEqual([null, "b"]);
});

test("the heartbeat says who holds it and when it last ticked, also where nobody does", () => {
  const store = newStore();
  expect(heartbeat(store)).toBeNull();
  ticked(store, { fast: T0 });
  expect(heartbeat(store)).toEqual({ holder: null, until: 0, lastFastAt: T0, lastSlowAt: null });
  expect(holdLease(store, { name: "heartbeat", holder: "p1", until: T0 + 9, now: T0 })).toBe(true);
  ticked(store, { slow: T0 + 1 });
  expect(heartbeat(store)).toEqual({ holder: "p1", until: T0 + 9, lastFastAt: T0, lastSlowAt: T0 + 1 });
});

test("the data version moves when another connection writes", () => {
  const store = newStore();
  const other = newStore(join(store.path, ".."));
  const before = dataVersion(store);
  expect(dataVersion(store)).toBe(before);
  newProject(other);
  expect(dataVersion(store)).not.toBe(before);
});
