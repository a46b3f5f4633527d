import { afterAll, beforeAll, expect, test } from "bun:test";
import { run } from "../../src/process.ts";
import { program } from "../../src/wiring/program.ts";
import { type Home, newHome } from "./home.ts";

let home: Home;
beforeAll(async () => {
  home = await newHome();
  await home.rally("onboard", ".", "--local");
});
afterAll(() => home.remove());

async function historyIn(zone: string): Promise<string> {
  const limits = { cwd: home.repo, env: { ...home.env, TZ: zone }, timeoutMs: 30_000, maxBytes: 4e6 };
  return (await run([...program(), "history"], limits)).stdout.slice(0, 19);
}

test("people read the time of their own clock, programs the milliseconds", async () => {
  const [row] = await home.json<{ at: number }[]>("history");
  if (!row) throw new Error("nothing was journaled");
  const shifted = (hours: number) =>
    new Date(row.at + hours * 3_600_000).toISOString().replace("T", " ").slice(0, 19);
  expect(await historyIn("UTC")).toBe(shifted(0));
  expect(await historyIn("Asia/Tokyo")).toBe(shifted(9));
  expect(await historyIn("Etc/GMT+3")).toBe(shifted(-3));
});
