import type { Kind } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { statement } from "./statements.ts";

export type DispatchName = {
  readonly id: number;
  readonly kind: Kind;
  readonly number: number | null;
  readonly title: string;
};

/** What people may mean while they type: the newest first, at most 200, those that are not done before those that are. */
export function dispatchNames(store: Store): DispatchName[] {
  return statement<DispatchName>(
    store,
    "SELECT id, kind, number, title FROM dispatches ORDER BY done_at IS NOT NULL, id DESC LIMIT 200",
  ).all();
}
