/** How many lines of one chat may wait; more are refused. */
const WAITING_MAX = 20;

export type Queue = {
  /** One after the other in each chat. False, and nothing done, where too many wait. */
  add(chat: string, work: () => Promise<void>): boolean;
  idle(): Promise<void>;
};

/** What people say in one chat is done in its order; chats do not wait for each other. */
export function newQueue(failed: (error: unknown) => void): Queue {
  const tails = new Map<string, { waiting: number; last: Promise<void> }>();
  return {
    add: (chat, work) => {
      const tail = tails.get(chat) ?? { waiting: 0, last: Promise.resolve() };
      if (tail.waiting >= WAITING_MAX) return false;
      tail.waiting += 1;
      tail.last = tail.last
        .then(work)
        .catch(failed)
        .finally(() => {
          tail.waiting -= 1;
          if (tail.waiting === 0) tails.delete(chat);
        });
      tails.set(chat, tail);
      return true;
    },
    idle: async () => {
      while (tails.size > 0) await Promise.all([...tails.values()].map(({ last }) => last));
    },
  };
}
