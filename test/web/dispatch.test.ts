import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { changesView } from "../../src/web/diff.ts";
import { CONFIG, type Home, newHome, until } from "../app/home.ts";
import { newPlace, type Place, working } from "./place.ts";

const homes: Home[] = [];
const places: Place[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.remove();
  for (const home of homes.splice(0)) home.remove();
});

const ESC = String.fromCharCode(27);
const file = (path: string) => ({ path, from: null, insertions: 1, deletions: 0 });
const patch = (name: string, ...lines: string[]) =>
  [
    `diff --git a/${name} b/${name}`,
    "index 1..2",
    `--- a/${name}`,
    `+++ b/${name}`,
    "@@ -1 +1 @@",
    ...lines,
    "",
  ].join("\n");

describe("a diff", () => {
  test("is text, whatever is in it", () => {
    const hostile = `+<script>alert(1)</script></pre></details>${ESC}[31mred${ESC}[0m\r\u0000\u202e`;
    const text = patch(
      "a<b>.ts",
      hostile,
      `+${"W".repeat(10_000)}`,
      "-gone",
      " same",
      "\\ No newline at end of file",
    );
    const { markup } = changesView({ state: "ready", files: [file("a<b>.ts")], text }, 7);
    expect(markup).toContain("+&lt;script&gt;alert(1)&lt;/script&gt;&lt;/pre&gt;&lt;/details&gt;red␍␀�");
    expect(markup).not.toMatch(/<script|<b>/);
    expect(markup.match(/<\/details>/g)).toHaveLength(1);
    expect(markup).toContain('<span class="del">-gone');
    expect(markup).toContain('<span class="note">\\ No newline');
    expect(markup.length).toBeLessThan(5_000);
  });

  test("that is long is cut, and says so", () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `+line ${n}`);
    const text = [patch("one.ts", ...lines), patch("two.ts", "+last")].join("");
    const { markup } = changesView({ state: "ready", files: [file("one.ts"), file("two.ts")], text }, 7);
    expect(markup).toContain("rally diff 7");
    expect(markup).not.toContain("+line 2999");
    expect(markup).not.toContain("<details open");
    expect(markup.match(/<tr><th scope="row">/g)).toHaveLength(2);
  });

  test("that is not there is said", () => {
    expect(changesView({ state: "none", why: "the <worktree> is gone" }, 7).markup).toContain(
      "the &lt;worktree&gt; is gone",
    );
    expect(changesView({ state: "busy" }, 7).markup).toContain("still comparing");
    expect(changesView({ state: "ready", files: [], text: "" }, 7).markup).toContain("changes nothing");
  });
});

test("a dispatch's page and its JSON have what happened; one that was cleaned says so", async () => {
  const place = newPlace();
  places.push(place);
  const { dispatchId } = working(place.world, "Fix login");
  const body = await place.text(`/dispatches/${dispatchId}`);
  expect(body).toContain("copilot working");
  expect(body).toMatch(/run take slot.+queued → starting/);
  const json = JSON.parse(await place.text(`/dispatches/${dispatchId}.json`)) as {
    id: number;
    journal: { event: string }[];
  };
  expect(json.id).toBe(dispatchId);
  expect(json.journal.map((entry) => entry.event)).toEqual(["dispatch", "admit", "take_slot", "started"]);
  const none = await place.get("/dispatches/99.json");
  expect([none.status, await none.json()]).toEqual([404, { error: "There is no dispatch 99." }]);
});

test("the changes of a real worktree, uncommitted ones too, without a word written into it", async () => {
  const home = await newHome(CONFIG);
  homes.push(home);
  await home.rally("onboard", ".", "--local");
  await home.rally("dispatch", "task", "Take notes", "--wait");
  const worktree = (await home.rally("path", "1")).out.trim();
  writeFileSync(join(worktree, "new <i>.txt"), "<i>not committed</i>\n");
  const place = newPlace({}, undefined, home.rallyHome);
  places.push(place);
  const body = await until(
    () => "the changes",
    async () => {
      const text = await place.text("/dispatches/1");
      return text.includes("NOTES.md</summary>") && text;
    },
  );
  expect(body).toContain("+&lt;i&gt;not committed&lt;/i&gt;");
  expect(body).toContain("new &lt;i&gt;.txt</summary>");
  expect((await home.rally("clean", "1", "--yes", "--force")).code).toBe(0);
  const gone = await until(
    () => "that it was cleaned",
    async () => {
      const answer = await place.get("/dispatches/1");
      return answer.status === 404 && answer.text();
    },
  );
  expect(gone).toContain("Dispatch 1 was cleaned.");
});

test("what is told links to the page where its address is configured", async () => {
  const home = await newHome(`${CONFIG}web:\n  base_url: https://rally.example.org/\n`);
  homes.push(home);
  await home.rally("onboard", ".", "--local");
  await home.rally("dispatch", "task", "Take notes", "--wait");
  expect((await home.rally("show", "1")).out).toEndWith("\nhttps://rally.example.org/dispatches/1\n");
  for (const wrong of ["ftp://a", "rally.example.org", "https:///x", "javascript:alert(1)"]) {
    writeFileSync(join(home.rallyHome, "config.yaml"), `web:\n  base_url: ${JSON.stringify(wrong)}\n`);
    expect(() => loadConfig({ env: home.env, cwd: "/" })).toThrow("web.base_url");
  }
});
