import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Problem } from "../../src/domain/problem.ts";
import { setDispatch, setRun } from "../../src/store/record.ts";
import { servePage } from "../../src/web/serve.ts";
import { newPlace, type Place, working } from "./place.ts";

const places: Place[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.remove();
});

function place(settings?: Record<string, unknown>): Place {
  const made = newPlace(settings);
  places.push(made);
  return made;
}

/** As it goes over the wire, for what a decent client would not send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    socket.on("data", (bytes) => {
      answer += bytes.toString();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("requests", () => {
  test("only GET and HEAD", async () => {
    const { page } = place();
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await fetch(page.url, { method });
      expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "GET, HEAD"]);
    }
    const head = await fetch(new URL("/status.json", page.url), { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(new URL("/events", page.url), { method: "HEAD" })).status).toBe(200);
    expect(page.readers()).toBe(0);
  });

  test("only under its own names", async () => {
    const { get, page } = place();
    for (const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example:7420",
      "10.1.2.3",
      "a b",
      "",
    ])
      expect([
        host,
        (await raw(page.port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12),
      ]).toEqual([host, expect.stringMatching(/^40[03]$/)]);
    for (const host of ["localhost", "127.0.0.1:1", "[::1]:7420", `localhost:${page.port}`])
      expect([host, (await get("/", { host })).status]).toEqual([host, 200]);
  });

  test("not from another site, unless a person follows a link", async () => {
    const { get, page } = place();
    const own = new URL(page.url).origin;
    expect((await get("/status.json", { origin: own })).status).toBe(200);
    for (const origin of ["https://evil.example", "null", `${own}.evil.example`, "http://127.0.0.1:1"])
      expect([origin, (await get("/status.json", { origin })).status]).toEqual([origin, 403]);
    const from = { "sec-fetch-site": "cross-site" };
    expect((await get("/status.json", { ...from, "sec-fetch-mode": "no-cors" })).status).toBe(403);
    expect((await get("/", { ...from, "sec-fetch-mode": "navigate" })).status).toBe(200);
  });

  test("no path leads out of what is there", async () => {
    const { page, home } = place();
    writeFileSync(join(home, "secret"), "xyzzy");
    const paths = ["/../secret", "/..%2fsecret", "/assets/../../config.yaml", "/%2e%2e/%2e%2e/etc/passwd"];
    const odd = [
      "//etc/passwd",
      "/assets/%00",
      "/dispatches/../config.yaml",
      "/projects/..%2f..",
      "/projects/%ff",
    ];
    for (const path of [
      ...paths,
      ...odd,
      "/dispatches/0",
      "/dispatches/-1",
      "/dispatches/1e3",
      "/dispatches/99999999999",
    ]) {
      const answer = await raw(
        page.port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect([path, answer.slice(9, 12)]).toEqual([path, expect.stringMatching(/^40[04]$/)]);
      expect(answer).not.toContain("xyzzy");
      expect(answer).not.toContain("root:");
    }
    const long = await raw(page.port, `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(long === "" || /^HTTP\/1\.1 4\d\d/.test(long)).toBeTrue();
    expect((await fetch(page.url)).status).toBe(200);
  });

  test("every answer forbids what the page does not need", async () => {
    const { get } = place();
    for (const path of [
      "/",
      "/status.json",
      "/metrics",
      "/healthz",
      "/nothing",
      "/dispatches/9",
      "/events",
    ]) {
      const { headers, body } = await get(path);
      await body?.cancel();
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("what is the same is not sent again", async () => {
    const { get, world } = place();
    const first = await get("/");
    const etag = first.headers.get("etag") ?? "";
    expect((await get("/", { "if-none-match": etag })).status).toBe(304);
    working(world, "Fix login");
    await Bun.sleep(260);
    expect((await get("/", { "if-none-match": etag })).status).toBe(200);
  });
});

describe("the token", () => {
  const token = "correct horse & battery?";

  test("once in the address, then a cookie that no script reads", async () => {
    const { get, text, page } = place({ web: { token } });
    expect((await get("/status.json")).status).toBe(401);
    expect(await text("/", { accept: "text/html" })).toContain('name="token"');
    expect((await get("/?token=wrong")).status).toBe(401);
    const given = await get(`/dispatches/7?token=${encodeURIComponent(token)}&all`);
    expect([given.status, given.headers.get("location")]).toEqual([303, "/dispatches/7?all="]);
    const set = given.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(set).not.toContain("horse");
    const cookie = set.split(";")[0] ?? "";
    expect((await get("/status.json", { cookie })).status).toBe(200);
    expect((await get("/status.json", { cookie: `${cookie}0` })).status).toBe(401);
    expect((await get("/metrics", { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await get("/healthz")).status).toBe(503);
    const request = `GET //evil.example/?token=${encodeURIComponent(token)} HTTP/1.1`;
    const elsewhere = await raw(page.port, `${request}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(elsewhere).toMatch(/\r\nlocation: \/evil/i);
  });

  test("another address than this machine's own needs one", async () => {
    const { world, get } = place();
    const open = { ...world, config: { ...world.config, web: { ...world.config.web, host: "0.0.0.0" } } };
    expect(() => servePage(open)).toThrow(Problem);
    expect((await get("/")).status).toBe(200);
    const wide = place({ web: { token, host: "0.0.0.0" } });
    const asked = (host: string) => wide.get("/status.json", { host, authorization: `Bearer ${token}` });
    expect((await asked("10.1.2.3:7420")).status).toBe(200);
    expect((await asked("evil.example")).status).toBe(403);
  });

  test("behind a name of its own", async () => {
    const { get } = place({ web: { token, base_url: "https://rally.example/" } });
    const authorization = `Bearer ${token}`;
    const answer = await get("/", { host: "rally.example", origin: "https://rally.example", authorization });
    expect(answer.status).toBe(200);
    const given = await get(`/?token=${encodeURIComponent(token)}`, { host: "rally.example" });
    expect(given.headers.get("set-cookie")).toEndWith("; Secure");
  });
});

test("a port that is taken is said in a sentence", () => {
  const { world, page } = place();
  const same = { ...world, config: { ...world.config, web: { ...world.config.web, port: page.port } } };
  expect(() => servePage(same)).toThrow(
    `The status page cannot be served at port ${page.port} of 127.0.0.1: another program has it.`,
  );
});

describe("what others wrote is text", () => {
  const MARKUP = `<script>alert(1)</script><img src=x onerror="alert(2)"> "'\`&lt; </title></main><!-- \u202egnp.exe \u0007\u001b[31m\u0000`;
  const LONG = "W".repeat(10_000);

  test("in titles, branches, logs, questions, on every page", async () => {
    const { text, world } = place();
    const ids = working(world, `${MARKUP} ${LONG}`, 42, { branch: `rally/42-<marquee>${LONG}` });
    setRun(world.store, ids.runId, { tool: MARKUP, words: MARKUP });
    setDispatch(world.store, ids.dispatchId, { url: "javascript:alert(3)", worktree: `/srv/${MARKUP}` });
    const folder = join(world.config.home, "runs", String(ids.runId));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "log"),
      `${MARKUP}\n${JSON.stringify({ type: "x", text: MARKUP })}\n${LONG}\n`,
    );
    for (const path of ["/", "/projects/acme/app", `/dispatches/${ids.dispatchId}`]) {
      const body = await text(path);
      expect(body).toContain("&lt;script&gt;alert(1)");
      expect(body.match(/<script\b[^>]*>/g)).toEqual([
        expect.stringMatching(/^<script src="\/assets\/\w+\.js" defer>$/),
      ]);
      expect(body).not.toMatch(/<img|<marquee>|href="javascript|onerror="/);
      expect(body.replaceAll(/[\n\t]/g, "")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
      expect(body.match(/<\/main>/g)).toHaveLength(1);
    }
    const json = JSON.parse(await text("/status.json")) as { dispatches: { title: string }[] };
    expect(json.dispatches[0]?.title).toContain("<script>");
  });

  test("and without secrets", async () => {
    const { text, world } = place({ github: { token: "s3cret-of-the-configuration" } });
    const ids = working(world, "Token ghp_abcdefghijklmnopqrstuvwxyz0123 and s3cret-of-the-configuration");
    const folder = join(world.config.home, "runs", String(ids.runId));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "log"),
      "GH ghp_abcdefghijklmnopqrstuvwxyz0123\ns3cret-of-the-configuration\n",
    );
    for (const path of [
      "/",
      "/status.json",
      "/dispatches/1",
      "/dispatches/1.json",
      "/projects/acme/app",
      "/metrics",
    ]) {
      const body = await text(path);
      expect(body).not.toContain("ghp_");
      expect(body).not.toContain("s3cret");
    }
    expect(await text("/dispatches/1")).toContain("[secret]");
  });
});
