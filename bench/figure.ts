/** What was measured of one thing, side by side with its baseline in the same run. Times in milliseconds. */
export type Figure = {
  readonly name: string;
  readonly what: string;
  readonly rounds: number;
  readonly ms: Spread;
  /** What the process worked; null where it was not measured. */
  readonly cpuMs: Spread | null;
  readonly baseline: { readonly what: string; readonly ms: Spread; readonly cpuMs: Spread | null } | null;
  /** Of the medians, and of the least disturbed rounds. */
  readonly ratio: { readonly median: number; readonly min: number } | null;
  readonly aim: string | null;
  readonly met: Verdict | null;
  /** The peak of the `rally` process, and of its baseline. */
  readonly peakMb: number | null;
  readonly baselineMb: number | null;
  readonly note: string | null;
};

export type Spread = { readonly median: number; readonly min: number };
/** `at best`: only the least disturbed round meets it, because something else was at work on the machine. */
export type Verdict = "yes" | "at best" | "no";

export type Aim = {
  readonly text: string;
  /** Called with the medians, then with the minima. */
  readonly holds: (ms: number, baselineMs: number) => boolean;
};

type Measured = {
  readonly name: string;
  readonly what: string;
  readonly ms: readonly number[];
  readonly cpuMs?: readonly number[];
  readonly baseline?: {
    readonly what: string;
    readonly ms: readonly number[];
    readonly cpuMs?: readonly number[];
  };
  readonly aim?: Aim;
  readonly peakMb?: number | null;
  readonly baselineMb?: number | null;
  readonly note?: string;
};

export function figure(measured: Measured): Figure {
  const { name, what, aim } = measured;
  const ms = spread(measured.ms);
  const baseline = measured.baseline
    ? {
        what: measured.baseline.what,
        ms: spread(measured.baseline.ms),
        cpuMs: orNull(measured.baseline.cpuMs),
      }
    : null;
  const ratio = baseline ? { median: ms.median / baseline.ms.median, min: ms.min / baseline.ms.min } : null;
  return {
    name,
    what,
    rounds: measured.ms.length,
    ms,
    cpuMs: orNull(measured.cpuMs),
    baseline,
    ratio,
    aim: aim?.text ?? null,
    met: aim ? verdict(aim, ms, baseline?.ms ?? ZERO) : null,
    peakMb: measured.peakMb ?? null,
    baselineMb: measured.baselineMb ?? null,
    note: measured.note ?? null,
  };
}

const ZERO: Spread = { median: 0, min: 0 };

function verdict({ holds }: Aim, ms: Spread, baseline: Spread): Verdict {
  if (holds(ms.median, baseline.median)) return "yes";
  return holds(ms.min, baseline.min) ? "at best" : "no";
}

function orNull(values: readonly number[] | undefined): Spread | null {
  return values === undefined ? null : spread(values);
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return { median: sorted.length % 2 === 0 ? (low + high) / 2 : high, min: sorted[0] ?? 0 };
}
