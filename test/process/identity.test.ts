import { afterAll, expect, test } from "bun:test";
import { alive, identity, ownIdentity } from "../../src/process/identity.ts";
import { parseStat, processRow } from "../../src/process/table.ts";
import { run } from "../../src/process.ts";
import { ENV, scratch, until } from "./scratch.ts";

const folder = scratch();
afterAll(() => folder.remove());

test("a live process is alive, and dead once it has ended", async () => {
  const child = Bun.spawn(["sleep", "20"]);
  const who = identity(child.pid);
  if (who === null) throw new Error("no identity");
  expect(alive(who)).toBe("alive");
  child.kill("SIGKILL");
  await child.exited;
  expect(alive(who)).toBe("dead");
  expect(identity(child.pid)).toBeNull();
});

test("invariant 9: a reused pid is dead, and so is all of an earlier boot", () => {
  const own = ownIdentity();
  expect(alive(own)).toBe("alive");
  expect(alive({ ...own, start: String(Number(own.start) - 1) })).toBe("dead");
  expect(alive({ ...own, boot: "00000000-0000-0000-0000-000000000000" })).toBe("dead");
});

test("a zombie is dead", async () => {
  // The parent never waits for its child, so that the child stays a zombie.
  const parent = Bun.spawn(["sh", "-c", "sleep 0.1 & echo $!; exec sleep 20"], { stdout: "pipe" });
  const reader = parent.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  const who = identity(pid);
  if (who === null) throw new Error("no identity");
  await until("a zombie", () => processRow(pid)?.state === "Z");
  expect([alive(who), identity(pid)]).toEqual(["dead", null]);
  parent.kill("SIGKILL");
  await parent.exited;
});

test("invariant 8: cannot tell is unknown, for an identity of another pid namespace", async () => {
  const own = ownIdentity();
  expect(alive({ ...own, ns: "pid:[1]" })).toBe("unknown");
  expect(alive({ ...own, pid: 999_999_999, ns: "pid:[1]" })).toBe("unknown");
  const inside = `const { alive, ownIdentity } = await import("${import.meta.dir}/../../src/process/identity.ts");
    const outer = ${JSON.stringify(own)}; console.info(alive(outer), alive(ownIdentity()));`;
  const unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
  const options = { cwd: folder.path, env: ENV, timeoutMs: 10_000, maxBytes: 10_000 };
  const result = await run([...unshare, process.execPath, "-e", inside], options);
  if (result.code !== 0) console.warn(`not tried in a real namespace, unshare says: ${result.stderr}`);
  else expect(result.stdout).toBe("unknown alive\n");
});

test("a name with parentheses, spaces and newlines does not shift the fields", () => {
  const line = "42 (a) Z 1 (b)\n) S 7 8 9 0 -1 4194560 1 1 0 0 0 0 0 0 20 0 1 0 12345 1 1\n";
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, group: 8, session: 9, state: "S", start: "12345" });
  expect(parseStat("")).toBeNull();
});
