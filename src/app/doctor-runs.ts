import { troubledEnds } from "../store/told.ts";
import { plural } from "./ago.ts";
import { type Check, ok, type Patient, storeOf, warn } from "./doctor-check.ts";

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 7;

/** How runs ended where Rally itself had trouble with it. */
export async function checkRuns(patient: Patient): Promise<readonly Check[]> {
  const store = storeOf(patient);
  return store === null ? [] : [ends(troubledEnds(store, patient.now() - SHOWN_DAYS * DAY_MS))];
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
