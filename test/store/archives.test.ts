import { afterEach, expect, test } from "bun:test";
import { archivesOf, recordArchive } from "../../src/store/archives.ts";
import { keepCleaned } from "../../src/store/cleaned.ts";
import { history } from "../../src/store/read.ts";
import { record } from "../../src/store/record.ts";
import { BY, dispatched, leaveNothing, newStore, RALLY } from "./fixture.ts";

afterEach(leaveNothing);

const name = (rest: string) => `refs/rally/archive/1/${rest}`;

test("a copy is this home's where its journal told of it before, or of what a run left beside its branch", () => {
  const store = newStore();
  const { dispatchId, runId } = dispatched(store, 42);
  expect(archivesOf(store, dispatchId)).toEqual([]);
  recordArchive(store, BY, dispatchId, name("1700000000000"));
  recordArchive(store, BY, dispatchId, name("1700000000000"));
  const kept = [{ ref: name("run-1/1-stash"), was: "stash" }];
  record(store, RALLY, [{ layer: "fact", event: "brought_home", dispatchId, runId, data: { kept } }]);
  expect(archivesOf(store, dispatchId)).toEqual([name("1700000000000"), name("run-1/1-stash")]);
  expect(archivesOf(store, 2)).toEqual([]);
  expect(history(store, { limit: 9 }).filter((row) => row.event === "archiving")).toHaveLength(1);
});

test("one that was made before the journal told of them is known by what cleaning kept", () => {
  const store = newStore();
  const { dispatchId } = dispatched(store, 42);
  const kept = { dispatchId, archiveRef: name("1700000000000"), trash: null, branchHead: null };
  keepCleaned(store, { ...BY, ...kept });
  expect(archivesOf(store, dispatchId)).toEqual([name("1700000000000")]);
});
