import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { record } from "../../src/store/record.ts";
import { snapshot } from "../../src/store/snapshot.ts";
import { type Bench, bench, textOf } from "./bench.ts";

setDefaultTimeout(60_000);

let it: Bench;
beforeEach(async () => {
  it = await bench({ capacity: "1" });
  await it.type(["onboard", "."]);
});
afterEach(() => it.close());

const branches = () => it.sh("git branch --format='%(refname:short)'").split("\n");

describe("cleaning what never started", () => {
  test("leaves a branch alone that somebody else has under the name it would have taken", async () => {
    it.sh("git branch rally/43-dark-mode");
    await it.type(["dispatch", "42", "--model", "slow"]);
    await it.type(["dispatch", "43"]);
    await it.type(["clean", "2", "--yes"]);
    expect(snapshot(it.world.store).map((view) => view.id)).toEqual([1]);
    expect(branches()).toContain("rally/43-dark-mode");
  });

  test("and undoing that brings the record back alone", async () => {
    await it.type(["dispatch", "42", "--model", "slow"]);
    await it.type(["dispatch", "43"]);
    await it.type(["clean", "2", "--yes"]);
    const reply = await it.type(["undo", "2"]);
    expect(textOf(reply)).toContain("43");
    expect(snapshot(it.world.store).map((view) => view.id)).toEqual([1, 2]);
    await it.type(["stop", "1"]);
    await it.type(["retry", "2"]);
    await it.until(() => snapshot(it.world.store).find((view) => view.id === 2)?.outcome === "ok");
  });
});

describe("a repository that is gone", () => {
  test("a run in it still ends, and says how", async () => {
    await it.type(["dispatch", "42", "--model", "hang"]);
    await it.until(() => snapshot(it.world.store)[0]?.run?.state === "running");
    rmSync(it.at.repo, { recursive: true });
    await it.type(["stop", "1"]);
    expect(snapshot(it.world.store)[0]).toMatchObject({ status: "reviewing", outcome: "interrupted" });
  });

  test("its dispatch goes only by force, and then its project can go", async () => {
    await it.type(["dispatch", "42", "--wait"]);
    rmSync(it.at.repo, { recursive: true });
    expect(textOf(await it.type(["status"]))).toContain("ready for review");
    expect((await it.refused(["clean", "1", "--yes"])).message).toMatch(/repository .* is gone/);
    await it.type(["clean", "1", "--yes", "--force"]);
    expect(snapshot(it.world.store)).toEqual([]);
    await it.type(["offboard", "app", "--yes"]);
  });
});

describe("a name that two owners share", () => {
  test("never cleans the other's", async () => {
    it.sh(`git init -q $TOP/other/app && cd $TOP/other/app && git commit -q --allow-empty -m x
      git remote add origin https://github.com/other/app.git`);
    await it.type(["onboard", `${it.at.dir}/other/app`]);
    await it.type(["dispatch", "42", "--project", "acme/app", "--wait"]);
    for (const line of [
      ["clean", "--project", "app", "--yes", "--all"],
      ["clean", "--orphaned", "--project", "app"],
      ["status", "--project", "app"],
      ["dispatch", "42", "--project", "app"],
      ["show", "app#42"],
      ["offboard", "app", "--yes"],
    ]) {
      const problem = await it.refused(line);
      expect(problem.code).toBe("conflict");
      expect(problem.message).toBe("app names 2 projects: acme/app, other/app.");
    }
    await it.type(["clean", "--project", "other/app", "--yes", "--all", "--force"]);
    expect(snapshot(it.world.store).length).toBe(1);
    expect(existsSync(`${it.at.repo}/.worktrees/rally-42`)).toBe(true);
  });
});

describe("archived copies of orphans", () => {
  const archived = () => it.sh("git for-each-ref --format='%(refname)' refs/rally/archive").split("\n");
  const orphan = (n: number) =>
    it.sh(`git worktree add -q -b rally/${n}-lost .worktrees/rally-${n}
      cd .worktrees/rally-${n} && echo ${n} >lost.txt && git add . && git commit -qm Lost && echo more >>lost.txt`);

  test("go with the others', on a person's word; another home's stay", async () => {
    orphan(90);
    it.sh("git update-ref refs/rally/archive/0/1700000000000 HEAD");
    await it.type(["clean", "--orphaned", "--force", "--yes"]);
    const [other, ...own] = archived();
    expect(own.length).toBeGreaterThan(0);
    expect((await it.refused(["clean", "--archive"])).message).toContain("for good?");
    const dry = textOf(await it.type(["clean", "--archive", "--dry-run"]));
    for (const ref of own) expect(dry).toContain(`can go ${ref}`);
    expect(dry).not.toContain(String(other));
    expect(archived()).toEqual([String(other), ...own]);
    const said = textOf(await it.type(["clean", "--archive", "--yes"]));
    for (const ref of own) expect(said).toContain(`removed ${ref}`);
    expect(archived()).toEqual([String(other)]);
  });

  test("with --orphaned those alone, and never the copy of what is cleaned in the same breath", async () => {
    await it.type(["dispatch", "42", "--wait"]);
    await it.type(["clean", "1", "--force", "--yes"]);
    const [kept] = archived();
    orphan(91);
    await it.type(["clean", "--orphaned", "--force", "--yes"]);
    orphan(92);
    const said = textOf(await it.type(["clean", "--orphaned", "--archive", "--force", "--yes"]));
    expect(said).toContain("removed refs/rally/archive/0/");
    expect(archived()).toContain(String(kept));
    const left = archived().filter((ref) => ref.startsWith("refs/rally/archive/0/"));
    expect(left.length).toBeGreaterThan(0);
    for (const ref of left) expect(it.sh(`git show ${ref}:lost.txt`)).toContain("92");
  });
});

describe("archived copies of dispatches", () => {
  const archived = () => it.sh("git for-each-ref --format='%(refname)' refs/rally/archive").split("\n");
  const OTHERS = ["1/1700000000000", "1/detached-0123456789ab", "1/run-1/1700000000000-stash"].map(
    (name) => `refs/rally/archive/${name}`,
  );
  const another = () => it.sh(OTHERS.map((ref) => `git update-ref ${ref} HEAD`).join("\n"));

  test("of another home on the repository stay, whatever numbers its dispatches have", async () => {
    another();
    await it.type(["dispatch", "42", "--wait"]);
    it.sh("echo more >>.worktrees/rally-42/README.md");
    await it.type(["clean", "1", "--force", "--yes"]);
    await it.type(["undo", "1"]);
    await it.type(["clean", "1", "--force", "--yes"]);
    const own = archived().filter((ref) => !OTHERS.includes(ref));
    expect(own).toHaveLength(2);
    const said = textOf(await it.type(["clean", "--archive", "--yes"]));
    for (const ref of own) expect(said).toContain(`removed ${ref}`);
    expect(archived()).toEqual(OTHERS);
  });

  test("go with what a run left beside its branch, and with a commit of a HEAD that was detached", async () => {
    another();
    await it.type(["dispatch", "42", "--wait"]);
    it.sh(`cd .worktrees/rally-42 && git checkout -q --detach && git commit -q --allow-empty -m Apart
      rm -r ../rally-42`);
    await it.type(["continue", "1", "go on"]);
    await it.until(() => snapshot(it.world.store)[0]?.outcome === "ok");
    it.sh("git update-ref refs/rally/archive/1/run-2/1700000000001-stash HEAD");
    record(it.world.store, { actor: "rally", at: it.world.now() }, [
      {
        ...{ layer: "fact", event: "brought_home", dispatchId: 1, runId: 2 },
        data: { kept: [{ ref: "refs/rally/archive/1/run-2/1700000000001-stash", was: "stash" }] },
      },
    ]);
    await it.type(["clean", "1", "--force", "--yes"]);
    expect(archived().filter((ref) => ref.includes("/detached-"))).toHaveLength(2);
    await it.type(["clean", "--archive", "--yes"]);
    expect(archived()).toEqual(OTHERS);
  });
});

describe("the files of runs", () => {
  const files = (run: number) => existsSync(`${it.at.home}/runs/${run}/log`);
  const DAYS = 86_400_000;
  const older = (dispatch: number, days: number) =>
    it.world.store.db.run("UPDATE cleaned SET at = at - ? WHERE dispatch_id = ?", [days * DAYS, dispatch]);

  test("go when their dispatch was cleaned long ago; those of the others stay", async () => {
    await it.type(["dispatch", "42", "--wait"]);
    await it.type(["dispatch", "43", "--wait"]);
    await it.type(["dispatch", "44", "--model", "hang"]);
    await it.type(["clean", "1", "2", "--force", "--yes"]);
    expect(textOf(await it.type(["clean", "--yes"]))).not.toContain("files of");
    older(1, 31);
    older(2, 29);
    expect(textOf(await it.type(["clean", "--dry-run"]))).toMatch(
      /can go the files of 1 run \(\d+ kB\) that were cleaned more than 30 days ago/,
    );
    expect((await it.refused(["clean"])).message).toContain("Remove the files of 1 run");
    const doctor = JSON.stringify((await it.type(["doctor"])).json);
    expect(doctor).toMatch(/3 runs, \d+ kB; 1 run \(\d+ kB\) of what was cleaned more than 30 days ago/);
    expect([files(1), files(2), files(3)]).toEqual([true, true, true]);
    expect(textOf(await it.type(["clean", "--yes"]))).toContain("removed the files of 1 run");
    expect([files(1), files(2), files(3)]).toEqual([false, true, true]);
    expect(textOf(await it.type(["clean", "--yes"]))).not.toContain("files of");
    expect((await it.type(["undo", "1"])).exit ?? 0).toBe(0);
    await it.type(["stop", "3"]);
  });

  test("stay where the dispatch came back, and where commits are in them that are nowhere else", async () => {
    await it.type(["dispatch", "42", "--wait"]);
    await it.type(["dispatch", "43", "--wait"]);
    await it.type(["clean", "1", "2", "--force", "--yes"]);
    it.sh("touch $RALLY_HOME/runs/2/git.json");
    await it.type(["undo", "1"]);
    older(2, 400);
    expect(textOf(await it.type(["clean", "--yes"]))).not.toContain("files of");
    expect([files(1), files(2)]).toEqual([true, true]);
  });
});
