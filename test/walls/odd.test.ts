import { expect, setDefaultTimeout } from "bun:test";
import { makeRoom, walled } from "./room.ts";

setDefaultTimeout(30_000);

const KINDS = {
  "a path with a colon, quotes and spaces": { folder: `co:de/a "b" 'c' 日本` },
  "objects named by SHA-256": { init: ["--object-format=sha256"] },
  "a shallow clone": { clone: ["--depth", "1"] },
  "a sparse checkout": { clone: ["--sparse"] },
  "refs that are packed": {},
} as const;

for (const [kind, odd] of Object.entries(KINDS)) {
  walled(`commits come home: ${kind}`, async () => {
    const room = await makeRoom(odd);
    await room.git(room.repo, "pack-refs", "--all");
    const { runDir, name, log } = await room.inside(`
      git status --porcelain; echo n >"$(printf 'n \\377\\n')"; git add .; git commit -qm new; git log --format=%s; echo s >>a.txt; git add a.txt`);
    expect(log).toBe("new\nfirst\n");
    expect(await room.bringHome(runDir, name)).toMatchObject({ moved: true, kept: [], staged: "kept" });
    expect(await room.status()).toBe("M  a.txt\n");
    expect(await room.git(room.repo, "log", "--format=%s", "rally/42-x")).toBe("new\nfirst");
    await room.git(room.repo, "fsck", "--strict", "--no-dangling");
    room.remove();
  });
}

walled("commits come home: a repository that borrows its objects, in a hidden home", async () => {
  const room = await makeRoom();
  const shared = `${room.root}/shared`;
  await room.git(room.root, "clone", "-q", "--bare", room.origin, shared);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${room.commonDir}/objects/info/alternates`, `${shared}/objects\n`);
  await room.git(room.repo, "repack", "-adlq");
  const { runDir, name, log } = await room.inside("git commit -q --allow-empty -m new; git log --format=%s", {
    show: "hidden",
  });
  expect(log).toBe("new\nfirst\n");
  expect((await room.bringHome(runDir, name)).moved).toBe(true);
  room.remove();
});
