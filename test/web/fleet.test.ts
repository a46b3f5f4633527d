import { afterEach, describe, expect, test } from "bun:test";
import { statusSchema } from "../../src/app/status-schema.ts";
import { DISPLAYS } from "../../src/domain/words.ts";
import { ownIdentity } from "../../src/process/identity.ts";
import { run } from "../../src/process.ts";
import { HEARTBEAT } from "../../src/runs/holder.ts";
import { identityText } from "../../src/runs/identity.ts";
import { holdLease } from "../../src/store/leases.ts";
import { fillFleet } from "../fixtures/fleet.ts";
import { newPlace, type Place } from "./place.ts";

const places: Place[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) await place.remove();
});

function place(seed: number, count: number): Place {
  const made = newPlace();
  places.push(made);
  fillFleet(made.world.store, seed, count, made.world.now());
  return made;
}

type Status = {
  readonly counts: Record<string, number>;
  readonly dispatches: readonly {
    readonly id: number;
    readonly display: string;
    readonly repo: string | null;
  }[];
};

/** What the page's head says, and what its list holds. */
async function seen(response: Response) {
  const tiles = new Map<string, number>();
  const rows: { id: number; display: string }[] = [];
  let orphans = 0;
  let tile = "";
  const reader = new HTMLRewriter()
    .on("[data-count]", {
      element: (element) => {
        tile = element.getAttribute("data-count") ?? "";
      },
    })
    .on("[data-count] b", {
      text: ({ text }) => {
        if (text !== "") tiles.set(tile, Number(text));
      },
    })
    .on("li.row", {
      element: (element) => {
        const id = Number(element.getAttribute("data-key")?.slice(1));
        rows.push({ id, display: element.getAttribute("data-display") ?? "" });
      },
    })
    .on("[data-orphan]", {
      element: () => {
        orphans += 1;
      },
    });
  await reader.transform(response).text();
  return { tiles, rows, orphans };
}

describe("invariant 34: the page tells of the same as everything else", () => {
  for (const seed of [1, 2, 3, 4, 5, 6])
    test(`in a random fleet ${seed}`, async () => {
      const { get, world, home } = place(seed, 12 + seed * 9);
      for (const all of ["", "?all"]) {
        const status = (await (await get(`/status.json${all}`)).json()) as Status;
        const { tiles, rows, orphans } = await seen(await get(`/${all}`));
        expect(rows).toEqual(status.dispatches.map(({ id, display }) => ({ id, display })));
        const { asking: _, needs_you: __, ...tiled } = status.counts;
        for (const [key, count] of Object.entries(tiled))
          expect([key, tiles.get(key) ?? 0]).toEqual([key, count]);
        expect(orphans).toBe(status.counts.orphaned ?? -1);
        for (const display of DISPLAYS)
          expect(rows.filter((row) => row.display === display)).toHaveLength(status.counts[display] ?? -1);
        statusSchema.parse(status);
      }
      if (seed > 2) return;
      // Its runs have no processes: watched by us, nobody else finds out.
      const now = world.now();
      holdLease(world.store, {
        name: HEARTBEAT,
        holder: identityText(ownIdentity()),
        until: now + 60_000,
        now,
      });
      const said = await run([...world.config.program, "status", "--json"], {
        cwd: home,
        env: world.config.env.all,
        timeoutMs: 20_000,
        maxBytes: 8e6,
      });
      const own = JSON.parse(said.stdout) as Status;
      const served = (await (await get("/status.json")).json()) as Status;
      expect(own.counts).toEqual(served.counts);
      expect(own.dispatches.map(({ id, display }) => [id, display])).toEqual(
        served.dispatches.map(({ id, display }) => [id, display]),
      );
    });

  test("the projects' pages have what their groups have", async () => {
    const { get, world } = place(7, 60);
    const all = (await (await get("/status.json")).json()) as Status;
    const paths = { "acme/app": "/projects/acme/app", "other/app": "/projects/other/app" };
    for (const [repo, path] of Object.entries(paths)) {
      const { rows, tiles } = await seen(await get(path));
      const own = all.dispatches.filter((dispatch) => dispatch.repo === repo);
      expect(rows.map((row) => row.id)).toEqual(own.map((dispatch) => dispatch.id));
      expect(tiles.get("working") ?? 0).toBe(own.filter((dispatch) => dispatch.display === "working").length);
    }
    const local = await Promise.all(
      [3, 4].map(async (id) => (await seen(await get(`/projects/${id}`))).rows),
    );
    expect(
      local
        .flat()
        .map((row) => row.id)
        .sort(),
    ).toEqual(
      all.dispatches
        .filter((dispatch) => dispatch.repo === null)
        .map((dispatch) => dispatch.id)
        .sort(),
    );
    expect((await get("/projects/acme/none")).status).toBe(404);
    expect((await get("/projects/app")).status).toBe(404);
    expect(world.store.db.inTransaction).toBeFalse();
  });

  test("the metrics count the same", async () => {
    const { get, text } = place(8, 80);
    const status = (await (await get("/status.json?all")).json()) as Status;
    const metrics = await text("/metrics");
    for (const display of DISPLAYS)
      expect(metrics).toContain(`rally_dispatches{display="${display}"} ${status.counts[display]}\n`);
    expect(metrics).toContain(`rally_needing_a_person ${status.counts.attention}\n`);
    expect(metrics).toContain(`rally_orphaned_worktrees ${status.counts.orphaned}\n`);
    for (const line of metrics.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+-]+)$/);
  });
});

test("with a thousand dispatches it is small", async () => {
  const { get, text, world } = place(9, 1000);
  await text("/");
  const body = await (await get("/?all", { "accept-encoding": "identity" })).text();
  expect(Bun.gzipSync(body, { level: 4 }).byteLength).toBeLessThan(200_000);
  expect(world.store.db.inTransaction).toBeFalse();
});
