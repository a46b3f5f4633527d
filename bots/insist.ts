export type Insisting = {
  /** How long after the first failure; doubled each time. */
  readonly firstMs: number;
  readonly mostMs: number;
  readonly stop: AbortSignal;
  readonly failed: (error: unknown) => void;
};

/** Tries until it succeeds, ever later. False where it was told to stop before. */
export async function insist(work: () => Promise<unknown>, how: Insisting): Promise<boolean> {
  const { firstMs, mostMs, stop, failed } = how;
  for (let wait = firstMs; !stop.aborted; wait = Math.min(wait * 2, mostMs)) {
    try {
      await work();
      return true;
    } catch (error) {
      if (!stop.aborted) failed(error);
      await pause(wait, stop);
    }
  }
  return false;
}

/** So long, or until it is to stop. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => resolve();
  stop.addEventListener("abort", end);
  await promise;
  stop.removeEventListener("abort", end);
  clearTimeout(timer);
}
