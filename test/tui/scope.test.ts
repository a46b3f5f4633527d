import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { looked, NO_NOTES, type Notes } from "../../tui/review/notes.ts";
import { readScope } from "../../tui/review/scope.ts";
import { type Bench, bench } from "../app/bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
const tree = ".worktrees/rally-task-1";
const git = "git -c user.name=a -c user.email=a@b -c commit.gpgsign=false";

beforeEach(async () => {
  it = await bench();
  await it.type(["onboard", ".", "--local"]);
  await it.type(["dispatch", "task", "Try it", "--agent", "reviewer", "--wait"]);
  it.sh(`cd ${tree}; echo one > one.txt; ${git} add one.txt; ${git} commit -qm one`);
  await it.type(["refresh"]);
});
afterEach(() => it.close());

const paths = async (notes: Notes) => {
  const { diff, from } = await readScope(it.world, 1, "review", notes);
  return { paths: diff.files.map((file) => file.path), from };
};

/** Somebody notes something about the work as it is now. */
async function review(notes: Notes = NO_NOTES): Promise<Notes> {
  await it.type(["refresh"]);
  const { head, whole } = await readScope(it.world, 1, "base", notes);
  return looked(notes, { head, seen: whole });
}

test("without an earlier review it is told from the base, and said so", async () => {
  expect(await paths(NO_NOTES)).toMatchObject({ from: "since the base (no review before)" });
  expect((await paths(NO_NOTES)).paths).toContain("one.txt");
});

test("since my last review there are later commits, new files and changed ones, and no others", async () => {
  const notes = await review();
  it.sh(`cd ${tree}; echo two > two.txt; ${git} add two.txt; ${git} commit -qm two; echo new > three.txt`);
  expect(await paths(notes)).toEqual({ paths: ["three.txt", "two.txt"], from: null });
});

test("while it is being reviewed, the scope stays what it was at the review before", async () => {
  const first = await review();
  it.sh(`cd ${tree}; echo two > two.txt; ${git} add two.txt; ${git} commit -qm two`);
  const second = await review(first);
  expect(await paths(second)).toEqual({ paths: ["two.txt"], from: null });
});

test("what was not committed at my last review, and is still the same, is not shown again", async () => {
  it.sh(`cd ${tree}; echo more >> one.txt; echo loose > loose.txt`);
  const notes = await review();
  it.sh(`cd ${tree}; echo two > two.txt`);
  expect(await paths(notes)).toEqual({ paths: ["two.txt"], from: null });
  it.sh(`cd ${tree}; ${git} add -A; ${git} commit -qm all; echo looser >> loose.txt`);
  expect((await paths(notes)).paths).toEqual(["loose.txt", "two.txt"]);
});

test("an amended commit is told by what is in the files", async () => {
  const notes = await review();
  it.sh(`cd ${tree}; echo two > two.txt; ${git} add two.txt; ${git} commit -q --amend -m other`);
  expect(await paths(notes)).toEqual({
    paths: ["two.txt"],
    from: "since my last review, by content",
  });
});

test("a commit that nobody has any more is no trouble", async () => {
  const notes = await review();
  const head = "0123456789012345678901234567890123456789";
  const gone = { ...notes, last: { head, seen: notes.last?.seen ?? {} } };
  it.sh(`cd ${tree}; echo two > two.txt`);
  expect(await paths(gone)).toEqual({
    paths: ["two.txt"],
    from: "since my last review, by content",
  });
});
