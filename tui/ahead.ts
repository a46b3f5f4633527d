/** Keys that were pressed before there was somebody to take them. */
export type Ahead = {
  /** For the renderer: true where the bytes were kept, and are nobody else's. */
  readonly hold: (sequence: string) => boolean;
  /** Says them again, in their order, now that they are heard. */
  readonly release: (say: (sequence: string) => void) => void;
};

/** What a terminal answers begins with an escape, too; of that only what arrows and the escape key send is a key. */
const KEY = /^(?:\P{Cc}.*|\p{Cc}|\p{Cc}[[O][A-D])$/su;

export function typedAhead(): Ahead {
  const kept: string[] = [];
  let holding = true;
  return {
    hold: (sequence) => {
      if (!holding || !KEY.test(sequence)) return false;
      kept.push(sequence);
      return true;
    },
    release: (say) => {
      holding = false;
      for (const sequence of kept.splice(0)) say(sequence);
    },
  };
}
