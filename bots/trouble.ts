/** What a platform's connection tells of itself: to the doctor each time, to whoever watches once, until it is over. */
export type Trouble = {
  failed(message: string, hint: string): void;
  good(): void;
};

export function trouble(
  name: string,
  to: {
    readonly say: (line: string) => void;
    readonly heard: (what: { readonly event: boolean; readonly error: string | null }) => void;
  },
): Trouble {
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
