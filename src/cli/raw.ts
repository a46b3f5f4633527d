type Step<T> = { readonly value: T } | { readonly interrupted: true } | null;

export type RawKeys<T> = {
  /** Draws for the first time; called when keys are read already, so that nobody is asked too early. */
  readonly begin: () => void;
  /** The answer, or null to go on. */
  readonly take: (data: string) => Step<T>;
  readonly write: (text: string) => void;
  /** Takes away what was drawn. */
  readonly wipe?: () => void;
};

/**
 * Reads keys until `take` has an answer. Whatever ends it (an answer, Ctrl-C, a signal, the end of input, a throw), the
 * terminal is as it was: raw mode off, cursor shown, `wipe` called. Ctrl-C ends the process by SIGINT, as it would
 * have without raw mode.
 */
export function rawKeys<T>({ begin, take, write, wipe = () => {} }: RawKeys<T>): Promise<T> {
  const { stdin } = process;
  return new Promise<T>((resolve, reject) => {
    const restore = () => {
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      process.off("exit", restore);
      for (const signal of SIGNALS) process.off(signal, onSignal);
      stdin.setRawMode(false);
      stdin.pause();
      wipe();
      write("\u001b[?25h");
    };
    const die = (signal: NodeJS.Signals) => {
      restore();
      process.kill(process.pid, signal);
    };
    const onSignal = (signal: NodeJS.Signals) => die(signal);
    const onEnd = () => die("SIGHUP");
    const onData = (data: Buffer) => {
      try {
        const step = take(data.toString("utf8"));
        if (step === null) return;
        if ("interrupted" in step) {
          die("SIGINT");
          return;
        }
        restore();
        resolve(step.value);
      } catch (error) {
        fail(error);
      }
    };
    const fail = (error: unknown) => {
      restore();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.once("exit", restore);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on("data", onData);
    stdin.on("end", onEnd);
    try {
      begin();
    } catch (error) {
      fail(error);
    }
  });
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
