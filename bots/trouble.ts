import type { Log } from "../src/log.ts";

/** Who is told how it goes with a connection. */
export type Told = {
  readonly log: Log;
  readonly say: (line: string) => void;
  /** Told of each event, of each good answer, and of what went wrong. */
  readonly heard: (what: { readonly event: boolean; readonly error: string | null }) => void;
  /** How long after a failure; doubled each time, up to a minute. */
  readonly backOffMs?: number;
};

/** What a platform's connection tells of itself: to the doctor each time, to whoever watches once, until it is over. */
export type Trouble = {
  failed(message: string, hint: string): void;
  good(): void;
};

export function trouble(name: string, to: Pick<Told, "say" | "heard">): Trouble {
  let last = "";
  return {
    failed: (message, hint) => {
      to.heard({ event: false, error: message });
      if (message !== last) to.say(`warning: ${name}: ${message}${hint && ` (${hint})`}`);
      last = message;
    },
    good: () => {
      to.heard({ event: false, error: null });
      last = "";
    },
  };
}
