import type { Status, Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

/** What happened since a moment, as far as it tells when runs were live and when a person was waited for. */
export type DayRows = {
  readonly runs: readonly {
    readonly dispatchId: number;
    readonly startedAt: Time;
    readonly endedAt: Time | null;
  }[];
  readonly questions: readonly {
    readonly dispatchId: number;
    readonly askedAt: Time;
    readonly closedAt: Time | null;
  }[];
  /** Changes of a dispatch's status, oldest first. */
  readonly changes: readonly {
    readonly dispatchId: number;
    readonly projectId: number | null;
    readonly at: Time;
    readonly from: Status | null;
    readonly to: Status | null;
  }[];
};

/** Far more than a day of one home has; what is older than the newest of them is left out. */
const MOST_ROWS = 20_000;

export function dayRows(store: Store, from: Time): DayRows {
  return {
    runs: statement<DayRows["runs"][number]>(
      store,
      `SELECT dispatch_id AS dispatchId, started_at AS startedAt, ended_at AS endedAt FROM runs
       WHERE started_at IS NOT NULL AND (ended_at >= ?1 OR state IN ('starting', 'running')) ORDER BY id DESC
       LIMIT ${MOST_ROWS}`,
    ).all(from),
    questions: statement<DayRows["questions"][number]>(
      store,
      `SELECT dispatch_id AS dispatchId, asked_at AS askedAt, closed_at AS closedAt FROM questions
       WHERE closed_at IS NULL OR closed_at >= ?1 ORDER BY id DESC LIMIT ${MOST_ROWS}`,
    ).all(from),
    // The newest row from before it is found from the end of the table, without an index on the time.
    changes: statement<DayRows["changes"][number]>(
      store,
      `SELECT dispatch_id AS dispatchId, project_id AS projectId, at, from_state AS "from", to_state AS "to" FROM journal
       WHERE layer = 'dispatch' AND id > coalesce((SELECT id FROM journal WHERE at < ?1 ORDER BY id DESC LIMIT 1), 0)
       ORDER BY id LIMIT ${MOST_ROWS}`,
    ).all(from),
  };
}
