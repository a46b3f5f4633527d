import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { slowTick } from "../../src/heartbeat/slow.ts";
import { dispatchView } from "../../src/store/snapshot.ts";
import { type Bench, bench } from "../app/bench.ts";

setDefaultTimeout(30_000);

let it: Bench;
afterEach(() => it.close());

test("a dispatch that cannot be looked at keeps no other one's merge from being seen, and is told of", async () => {
  it = await bench();
  await it.type(["onboard", "."]);
  for (const task of ["One", "Two"]) await it.type(["dispatch", "task", task, "--wait"]);
  for (const id of ["1", "2"]) await it.type(["push", id]);
  await it.type(["pr", "2"]);
  // Its commits are nowhere any more, which nobody has looked at since.
  it.sh(`git worktree remove --force .worktrees/rally-task-1; git branch -q -D rally/task-one
    git update-ref -d refs/remotes/origin/rally/task-one; git reflog expire --expire=now --all; git gc -q --prune=now
    github merge acme/app 46`);
  const { warnings } = await slowTick(it.world);
  expect(dispatchView(it.world.store, 2)?.pr?.state).toBe("merged");
  expect(warnings).toEqual([expect.stringMatching(/^acme\/app: 1: git rev-list failed/)]);
});
