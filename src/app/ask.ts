import type { Line } from "./reply.ts";

/** How a command asks the person who called it. Where nobody can be asked, each refuses and names the flag. */
export interface Ask {
  /** `flag` is what says yes without being asked, like `--yes`. Throws Problem `refused` where nobody can be asked. */
  confirm(question: Line, options: { readonly flag: string; readonly fallback?: boolean }): Promise<boolean>;
  /** The chosen ones, in the list's order; empty when the person chose nothing. */
  pick<T>(question: Line, choices: readonly Choice<T>[], options: PickOptions): Promise<T[]>;
}

export type Choice<T> = {
  readonly value: T;
  readonly label: string;
  /** Beside the label, and searched as well. */
  readonly detail?: string;
};

export type PickOptions = {
  readonly many: boolean;
  /** What could have been typed instead, like `rally dispatch 42`. */
  readonly instead: string;
};
