import { expect, test } from "bun:test";
import { mayInstruct, type Review } from "../../src/domain/written.ts";
import type { Pull } from "../../src/github/github.ts";
import { changesRequested, isOwnPull, overall } from "../../src/github/ours.ts";
import { checkOfRun, checkOfStatus } from "../../src/github/shape.ts";

const pull: Pull = {
  number: 57,
  title: "Fix",
  body: "",
  url: "https://github.com/acme/app/pull/57",
  author: "ana",
  association: "member",
  labels: [],
  state: "open",
  draft: false,
  head: { ref: "rally/42-fix", sha: "mine", repo: "acme/app" },
  base: { ref: "main", sha: "base", repo: "acme/app" },
  mergeable: null,
  createdAt: "2026-03-01T12:00:00Z",
  updatedAt: "2026-03-01T12:00:00Z",
};
const opened = Date.parse(pull.createdAt);
const origin = { openedByRally: null, dispatchCreatedAt: opened - 5_000, commits: new Set(["mine"]) };

test("a pull request is the dispatch's own by its number, or by its time and a commit together", () => {
  const never = { openedByRally: 57, dispatchCreatedAt: opened + 1e9, commits: new Set<string>() };
  expect(isOwnPull(pull, never)).toBe(true);
  expect(isOwnPull(pull, origin)).toBe(true);
  expect(isOwnPull(pull, { ...origin, commits: new Set(["other"]) })).toBe(false);
  expect(isOwnPull(pull, { ...origin, commits: new Set<string>() })).toBe(false);
  expect(isOwnPull(pull, { ...origin, dispatchCreatedAt: opened + 1_000 })).toBe(false);
  expect(isOwnPull({ ...pull, createdAt: "never" }, origin)).toBe(false);
});

test("a pull request opened within the second of the dispatch is its own", () => {
  expect(isOwnPull(pull, { ...origin, dispatchCreatedAt: opened + 900 })).toBe(true);
});

test("checks: one that fails is failing, whatever still runs; none is none", () => {
  const make = (...states: ("pending" | "passing" | "failing")[]) =>
    overall(states.map((state) => ({ state })));
  expect(make()).toBe("none");
  expect(make("passing", "passing")).toBe("passing");
  expect(make("passing", "pending")).toBe("pending");
  expect(make("pending", "failing", "passing")).toBe("failing");
});

test("every conclusion of GitHub's has its state", () => {
  const output = { title: null, summary: null };
  const run = (status: string, conclusion: string | null) =>
    checkOfRun({ name: "c", status, conclusion, output }).state;
  for (const status of ["queued", "in_progress", "waiting", "requested", "pending"])
    expect(run(status, null)).toBe("pending");
  for (const good of ["success", "neutral", "skipped"]) expect(run("completed", good)).toBe("passing");
  for (const bad of ["failure", "timed_out", "cancelled", "action_required", "startup_failure"])
    expect(run("completed", bad)).toBe("failing");
  expect(run("completed", "stale")).toBe("pending");
  const status = (state: string) => checkOfStatus({ context: "c", state }).state;
  expect(["success", "pending", "failure", "error"].map(status)).toEqual([
    "passing",
    "pending",
    "failing",
    "failing",
  ]);
});

const review = (
  author: string,
  state: Review["state"],
  minute: number,
  change: Partial<Review> = {},
): Review => ({
  author,
  association: "member",
  state,
  body: "",
  commit: "c",
  submittedAt: `2026-03-01T12:${String(minute).padStart(2, "0")}:00Z`,
  ...change,
});

test("changes are requested by the latest verdict of somebody with write access", () => {
  expect(changesRequested([])).toBe(false);
  expect(changesRequested([review("a", "changes_requested", 1)])).toBe(true);
  expect(changesRequested([review("a", "changes_requested", 1), review("a", "approved", 2)])).toBe(false);
  expect(changesRequested([review("a", "approved", 2), review("a", "changes_requested", 1)])).toBe(false);
  expect(changesRequested([review("a", "changes_requested", 1), review("a", "commented", 2)])).toBe(true);
  expect(changesRequested([review("a", "changes_requested", 1), review("b", "approved", 2)])).toBe(true);
  expect(changesRequested([review("a", "dismissed", 1)])).toBe(false);
  for (const association of ["contributor", "none"] as const)
    expect(changesRequested([review("a", "changes_requested", 1, { association })])).toBe(false);
});

test("write access: owners, members, collaborators", () => {
  const all = ["owner", "member", "collaborator", "contributor", "none"] as const;
  expect(all.filter(mayInstruct)).toEqual(["owner", "member", "collaborator"]);
});
