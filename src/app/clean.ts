import { args, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import type { World } from "../world.ts";
import { type Call, confirmed } from "./call.ts";
import { cleanArchive } from "./clean-archive.ts";
import { candidates, type Judged, judge } from "./clean-judge.ts";
import { cleanOne } from "./clean-one.ts";
import { cleanOrphans } from "./clean-orphans.ts";
import { oldRunsFor, oldRunsText, removeRuns } from "./clean-runs.ts";
import { targetOf } from "./dispatched-lines.ts";
import { type Line, type Reply, type Row, tone } from "./reply.ts";

/**
 * `rally clean`: proposes what is safe and says why, asks, removes, and says what it left alone and why. `--yes`
 * answers the question; only `--force` overrides safety, and keeps what it removes under an archive ref.
 */
export async function clean(world: World, call: Call): Promise<Reply> {
  refuseNamed(call);
  if (on(call.parsed, "orphaned")) return cleanOrphans(world, call);
  call.progress("looking at what would be removed");
  const judged: Judged[] = [];
  for (const view of candidates(world, call)) judged.push(await judge(call, view));
  const take = judged.filter((one) => one.take);
  const named = args(call.parsed, "d").length > 0;
  const refused = judged.filter((one) => !one.take && named);
  const old = oldRunsFor(world, call);
  const runs = oldRunsText(world, old);
  if (on(call.parsed, "dry-run"))
    return proposal(judged, { dryRun: true, archives: await cleanArchive(world, call, "all"), runs });
  if (refused.length > 0 && take.length === 0) throw refusal(refused);
  const archives = await cleanArchive(world, call, "all");
  if (take.length === 0 && runs === "") return proposal(judged, { dryRun: false, archives });
  const what = [take.map((one) => `${one.view.id} (${one.why})`).join(", "), runs].filter(
    (part) => part !== "",
  );
  const question = `Remove ${what.join("; and ")}?`;
  const yes = await confirmed(call, question, { given: on(call.parsed, "yes"), name: "--yes" });
  if (!yes) return proposal(judged, { dryRun: true, runs });
  removeRuns(old);
  const removed: Judged[] = [];
  const problems: Problem[] = [];
  for (const one of take) {
    call.progress(`cleaning ${one.view.id}`);
    try {
      await cleanOne(world, call.actor, one);
      removed.push(one);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  }
  return proposal(judged, {
    dryRun: false,
    removed,
    archives,
    runs,
    problems: [...problems, ...refused.map((one) => refusal([one]))],
  });
}

/** Either dispatches are named, or a flag says which. Throws `usage`. */
function refuseNamed({ parsed }: Call): void {
  const [first] = args(parsed, "d");
  const wide = ["all", "done", "orphaned"].find((name) => on(parsed, name));
  if (first === undefined || wide === undefined) return;
  throw new Problem("usage", `--${wide} says by itself what is to be cleaned, and so does "${first}".`, {
    hint: `rally clean ${first}, or rally clean --${wide}`,
  });
}

type Done = {
  readonly dryRun: boolean;
  readonly removed?: readonly Judged[];
  readonly archives?: readonly string[];
  /** Old runs' files, in words; empty where there are none. */
  readonly runs?: string;
  readonly problems?: readonly Problem[];
};

function proposal(judged: readonly Judged[], done: Done): Reply {
  const removed = done.removed ?? [];
  const rows = judged.map((one): Row => {
    const gone = removed.includes(one);
    const verb = gone
      ? tone("removed", "good")
      : one.take
        ? tone("can go", "good")
        : tone("left alone", "warn");
    return [String(one.view.id), `${targetOf(one.view)} ${one.view.title}`.trim(), [verb], one.why];
  });
  const archives: Line[] = (done.archives ?? []).map((ref) => `${done.dryRun ? "can go" : "removed"} ${ref}`);
  if (done.runs) archives.push(`${done.dryRun ? "can go" : "removed"} ${done.runs}`);
  const nothing: Line[] = judged.length === 0 && archives.length === 0 ? ["There is nothing to clean."] : [];
  const columns = [{ align: "right" as const }, { min: 16 }, {}, { min: 30, wrap: true as const }];
  const first = removed[0];
  return {
    text: [...nothing, ...(rows.length > 0 ? [{ table: { columns, rows } }] : []), ...archives],
    json: {
      dry_run: done.dryRun,
      removed: removed.map((one) => one.view.id),
      archives: done.archives ?? [],
      run_files: done.runs ?? "",
      dispatches: judged.map((one) => ({
        id: one.view.id,
        can_go: one.take,
        why: one.why,
        holds: one.holds,
      })),
    },
    ...(done.problems ? { problems: done.problems } : {}),
    offers: first ? [{ label: "Undo", line: `undo ${first.view.id}` }] : [],
  };
}

function refusal(refused: readonly Judged[]): Problem {
  const first = refused[0];
  const ids = refused.map((one) => one.view.id).join(" ");
  const why = refused.map((one) => `${one.view.id}: ${one.why}`).join("; ");
  const live = first?.live === true;
  return new Problem("refused", `Not removed. ${why}.`, {
    hint: live
      ? `rally clean ${ids} --stop`
      : (first?.hint ??
        `rally diff ${ids.split(" ")[0]}, or rally clean ${ids} --force (it is kept under refs/rally/archive)`),
  });
}
