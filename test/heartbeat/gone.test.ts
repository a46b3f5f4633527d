import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program } from "../../src/wiring/program.ts";
import { type Home, newHome, until } from "../app/home.ts";

setDefaultTimeout(30_000);

let home: Home;
beforeAll(async () => {
  home = await newHome();
  await home.rally("onboard", ".", "--local");
});
afterAll(() => home.remove());

test("a heartbeat whose home is deleted says so and ends, and makes nothing anew", async () => {
  const child = Bun.spawn([...program(), "up", "--no-web"], {
    cwd: home.folder,
    env: home.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const db = join(home.rallyHome, "rally.db");
  await until(
    () => "the lease",
    async () => (await home.rally("status")).out.includes("watched by"),
  );
  // A file that is moved away by an editor or a restore is no longer this home's either.
  renameSync(db, `${db}.aside`);
  rmSync(home.rallyHome, { recursive: true });
  expect(await child.exited).toBe(6);
  const err = await new Response(child.stderr).text();
  expect(err).toContain(`Rally's home ${home.rallyHome} was deleted while it was watched.`);
  expect(err).not.toContain("bug");
  expect(existsSync(home.rallyHome)).toBe(false);
});
