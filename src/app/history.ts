import { arg, on } from "../domain/grammar-parsed.ts";
import { isLive } from "../domain/words.ts";
import { type JournalRow, projects, history as rowsOf, runsOf } from "../store/read.ts";
import { snapshot } from "../store/snapshot.ts";
import type { World } from "../world.ts";
import { localTime } from "./ago.ts";
import type { Call } from "./call.ts";
import { findDispatch, onlyProject, titleOf } from "./find.ts";
import { type Reply, type Row, said, tone } from "./reply.ts";

const SHOWN = 200;

/** `rally history [<d>]`: the journal. A dispatch that was cleaned still has its history, by its number. */
export async function history(world: World, call: Call): Promise<Reply> {
  const word = arg(call.parsed, "d");
  const id =
    word === null ? undefined : /^\d+$/.test(word) ? Number(word) : findDispatch(world, call, word).id;
  const only = onlyProject(world, call);
  const rows = rowsOf(world.store, { dispatchId: id, projectId: only?.id, limit: SHOWN });
  if (rows.length === 0 && word !== null) findDispatch(world, call, word);
  if (rows.length === 0) return said("Nothing has happened yet.", []);
  const columns = [{}, { align: "right" as const }, {}, {}, { min: 16, wrap: true as const }];
  return said([{ table: { columns, rows: rows.map(lineOf) } }], rows);
}

function lineOf(row: JournalRow): Row {
  const moved = movedText(row);
  const when = localTime(row.at);
  const who = row.dispatchId === null ? "" : String(row.dispatchId);
  return [
    [tone(when, "dim")],
    who,
    row.actor,
    `${row.layer} ${row.event}`,
    [moved, row.why ? tone(moved === "" ? row.why : ` ${row.why}`, "dim") : ""],
  ];
}

export function movedText(row: Pick<JournalRow, "from" | "to">): string {
  return row.from === null && row.to === null ? "" : `${brief(row.from)} → ${brief(row.to)}`;
}

/** A commit by its beginning. */
function brief(state: string | null): string {
  if (state === null) return "∅";
  return /^[0-9a-f]{40,64}$/.test(state) ? state.slice(0, 10) : state;
}

/** `rally sessions [--active]`: each dispatch's agent session, and where it stands. */
export async function sessions(world: World, call: Call): Promise<Reply> {
  const active = on(call.parsed, "active");
  const only = onlyProject(world, call);
  const views = snapshot(world.store).filter((view) => only === null || view.projectId === only.id);
  const rows = views.flatMap((view) =>
    runsOf(world.store, view.id)
      .filter((run) => run.session !== null && (!active || isLive(run.state)))
      .map((run) => ({
        dispatch: view.id,
        title: view.title,
        run: run.id,
        agent: run.agent,
        session: run.session,
        state: run.state,
      })),
  );
  if (rows.length === 0) return said(active ? "No session is live." : "No agent has had a session yet.", []);
  const columns = [
    { title: "id", align: "right" as const },
    { title: "run", align: "right" as const },
    { title: "agent" },
    { title: "session", min: 8 },
    { title: "state" },
    { title: "title", min: 16 },
  ];
  const table = rows.map(
    (row): Row => [String(row.dispatch), String(row.run), row.agent, row.session ?? "", row.state, row.title],
  );
  return said([{ table: { columns, rows: table } }], rows);
}

/** `rally projects`. */
export async function listProjects(world: World): Promise<Reply> {
  const rows = projects(world.store);
  if (rows.length === 0) return said("Rally knows no project yet.", [], { aside: ["rally onboard ."] });
  const columns = [
    { title: "project" },
    { title: "path", min: 20 },
    { title: "agent" },
    { title: "pushes to" },
    { title: "base" },
  ];
  const table = rows.map(
    (row): Row => [
      titleOf(row),
      row.path,
      row.agent ?? "",
      row.fork ?? row.repo ?? "(local)",
      row.base ?? "",
    ],
  );
  const json = rows.map(
    ({ id, name, repo, host, path, fork, base, agent, askTrust, trustedAt, team, slowError }) => ({
      id,
      name,
      repo,
      host,
      path,
      fork,
      base,
      agent,
      ask_trust: askTrust,
      trusted: trustedAt !== null,
      team,
      github_error: slowError,
    }),
  );
  return said([{ table: { columns, rows: table } }], json);
}
