import type { Kind } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

export type DispatchName = {
  readonly id: number;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
  /** Of its project; null for a local one. */
  readonly repo: string | null;
};

/** What people may mean while they type: the newest first, at most 200, those that are not done before those that are. */
export function dispatchNames(store: Store): DispatchName[] {
  return statement<DispatchName>(
    store,
    `SELECT d.id, d.kind, d.number, d.title, p.repo FROM dispatches d JOIN projects p ON p.id = d.project_id
     ORDER BY d.done_at IS NOT NULL, d.id DESC LIMIT 200`,
  ).all();
}
