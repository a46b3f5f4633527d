const TRIES = 30;
const WAIT_MS = 200;

/**
 * A line that met a database kept locked by another process is said again for some seconds: every command may be
 * repeated after it was cut off anywhere, and the screen never stands still for a lock.
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isBusy(error)) throw error;
      await Bun.sleep(WAIT_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return code.startsWith("SQLITE_BUSY");
}
