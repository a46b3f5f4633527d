import { imported } from "../store/imported.ts";
import { type Check, ok, type Patient, storeOf, warn } from "./doctor-check.ts";
import { hasEarlier, readEarlier } from "./import-read.ts";

/** What an earlier Rally left in this home: taken over, still to be, or not to be understood. */
export async function checkEarlier(patient: Patient): Promise<readonly Check[]> {
  const { home } = patient.config;
  if (!hasEarlier(home)) return [];
  const store = storeOf(patient);
  const done = store ? imported(store) : null;
  if (!done) {
    readEarlier(home);
    return [ok("earlier Rally", "its projects and dispatches are imported by the next command")];
  }
  if (done.left.length === 0) return [ok("earlier Rally", "imported; its files are not read any more")];
  return [
    warn(
      "earlier Rally",
      `imported, but for ${done.left.join("; ")}`,
      "rally onboard <path>, for what is missed",
    ),
  ];
}
