export type TickTimes = {
  told(tick: "fast" | "slow", ms: number): void;
  histograms(): readonly {
    readonly tick: string;
    readonly buckets: readonly { readonly le: number; readonly count: number }[];
    readonly count: number;
    readonly seconds: number;
  }[];
};

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** How long the heartbeat's ticks took, as a histogram that only grows. */
export function tickTimes(): TickTimes {
  const known = new Map<string, { counts: number[]; count: number; seconds: number }>();
  return {
    told: (tick, ms) => {
      const at = known.get(tick) ?? { counts: BOUNDS.map(() => 0), count: 0, seconds: 0 };
      const seconds = ms / 1000;
      BOUNDS.forEach((bound, index) => {
        if (seconds <= bound) at.counts[index] = (at.counts[index] ?? 0) + 1;
      });
      at.count += 1;
      at.seconds += seconds;
      known.set(tick, at);
    },
    histograms: () =>
      [...known].map(([tick, { counts, count, seconds }]) => ({
        tick,
        buckets: BOUNDS.map((le, index) => ({ le, count: counts[index] ?? 0 })),
        count,
        seconds,
      })),
  };
}
