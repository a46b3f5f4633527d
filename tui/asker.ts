import type { Ask } from "../src/app/ask.ts";
import { type Line, plain } from "../src/app/reply.ts";
import type { Event } from "./events.ts";
import { EMPTY_FIELD } from "./field.ts";

export type Asker = {
  /** What commands ask with. */
  readonly ask: Ask;
  answer(id: number, value: readonly number[] | boolean): void;
  /** Whatever is still asked is answered with no: the dashboard goes. */
  refuseAll(): void;
};

/** Questions of commands become boxes on the screen; each waits for its own answer. */
export function asker(dispatch: (event: Event) => void): Asker {
  let last = 0;
  const waiting = new Map<number, (value: readonly number[] | boolean) => void>();
  const wait = (open: (id: number) => Event): Promise<readonly number[] | boolean> => {
    last += 1;
    const id = last;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      dispatch(open(id));
    });
  };
  const answer: Asker["answer"] = (id, value) => {
    dispatch({ type: "unanswered", ask: id });
    waiting.get(id)?.(value);
    waiting.delete(id);
  };
  return {
    answer,
    refuseAll: () => {
      for (const id of [...waiting.keys()]) answer(id, false);
    },
    ask: {
      confirm: async (question) => (await wait((id) => question_(id, question))) === true,
      pick: async (question, choices, { many }) => {
        const labels = choices.map(({ label, detail }) => (detail ? `${label}  ${detail}` : label));
        const chosen = await wait((ask) => ({
          type: "opened",
          overlay: {
            kind: "pick",
            title: plain(question),
            labels,
            field: EMPTY_FIELD,
            at: 0,
            marked: [],
            many,
            ask,
          },
        }));
        return Array.isArray(chosen)
          ? choices.filter((_, index) => chosen.includes(index)).map((one) => one.value)
          : [];
      },
    },
  };
}

function question_(ask: number, question: Line): Event {
  return {
    type: "opened",
    overlay: {
      kind: "confirm",
      title: "A question",
      lines: [question],
      choices: [
        { key: "y", label: "yes", act: { do: "answer", ask, value: true } },
        { key: "n", label: "no", act: { do: "answer", ask, value: false } },
      ],
      scroll: 0,
      ask,
    },
  };
}
