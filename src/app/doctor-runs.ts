import { join } from "node:path";
import type { Store } from "../store/open.ts";
import { troubledEnds } from "../store/told.ts";
import { plural } from "./ago.ts";
import { oldRuns } from "./clean-runs.ts";
import { diskUse, namesIn, sizeText } from "./disk.ts";
import { type Check, ok, type Patient, storeOf, warn } from "./doctor-check.ts";

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 7;

/** How runs ended where Rally itself had trouble with it. */
export async function checkRuns(patient: Patient): Promise<readonly Check[]> {
  const store = storeOf(patient);
  if (store === null) return [];
  return [ends(troubledEnds(store, patient.now() - SHOWN_DAYS * DAY_MS)), files(patient, store)];
}

/** What the logs and other files of runs take, and how much of it nobody needs any more. */
function files({ config, now }: Patient, store: Store): Check {
  const folder = join(config.home, "runs");
  const runs = namesIn(folder).filter((name) => /^\d+$/.test(name));
  const says = `${plural(runs.length, "run")}, ${sizeText(diskUse(runs.map((name) => join(folder, name))))}`;
  const old = oldRuns({ config, store, now }, null);
  if (old.folders.length === 0) return ok("run files", says);
  const days = plural(config.limits.runFilesDays, "day");
  const of = `${plural(old.folders.length, "run")} (${sizeText(old.size)})`;
  return warn("run files", `${says}; ${of} of what was cleaned more than ${days} ago`, "rally clean");
}

function ends(troubled: ReturnType<typeof troubledEnds>): Check {
  const last = troubled.at(-1);
  if (last === undefined) return ok("ends", "no run's end has gone wrong of late");
  const of = last.dispatchId === null ? "" : ` of dispatch ${last.dispatchId}`;
  return warn(
    "ends",
    `${plural(troubled.length, "end")} of runs went wrong in Rally; the last, run ${last.runId}${of}: ${last.why}`,
    last.dispatchId === null ? "rally history" : `rally history ${last.dispatchId}`,
  );
}
