import { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";

/**
 * Does it for one dispatch after the other. What fails for one is given as a sentence, and the rest goes on; only where
 * GitHub cannot be asked it is over, as that is so for all of them.
 */
export async function apart(
  views: readonly DispatchView[],
  work: (view: DispatchView) => Promise<void>,
): Promise<string[]> {
  const troubles: string[] = [];
  for (const view of views) {
    try {
      await work(view);
    } catch (error) {
      if (!(error instanceof Problem) || error.code === "github") throw error;
      troubles.push(`${view.id}: ${error.message}`);
    }
  }
  return troubles;
}
