import {
  type Incoming,
  type Message,
  type Part,
  type Platform,
  type PostOptions,
  Undelivered,
} from "../../bots/platform.ts";
import { plain } from "../../src/app/reply.ts";

export type Shown = {
  readonly chat: string;
  readonly id: string;
  message: Message;
  readonly how: PostOptions | null;
  /** Every text that it ever showed. */
  readonly texts: string[];
  readonly to: string | null;
};

export type Memory = Platform & {
  readonly shown: Shown[];
  /** The next sends fail in this way. */
  readonly failures: Undelivered[];
  /** The next sends arrive, and their answer is lost. */
  lost: number;
  asked: boolean;
  says(account: string, line: string, more?: Partial<Incoming>): Promise<void>;
  presses(
    account: string,
    shown: Shown,
    label: string,
    more?: Partial<Incoming> & { text?: string },
  ): Promise<void>;
  hear(incoming: Incoming): Promise<void>;
};

export function textOf(message: Message): string {
  return message.parts
    .map((part: Part) => ("code" in part ? part.code : "link" in part ? part.text : plain(part.line)))
    .join("\n");
}

/** A platform without a network: what was shown is a list. Named as a real one, because roles are by platform. */
export function memory(name: "slack" | "telegram" = "telegram"): Memory {
  let hearing: ((incoming: Incoming) => Promise<void>) | null = null;
  let last = 0;
  const shown: Shown[] = [];
  const add = (chat: string, message: Message, how: PostOptions | null, to: string | null): string => {
    last += 1;
    shown.push({ chat, id: `m${last}`, message, how, texts: [textOf(message)], to });
    return `m${last}`;
  };
  const self: Memory = {
    ...{ name, shown, failures: [], lost: 0, asked: true },
    start: async (hear) => {
      hearing = hear;
    },
    stop: async () => {
      hearing = null;
    },
    pace: { everyMs: 0, aMinute: () => 1_000_000, counted: (chat) => chat },
    topics: null,
    menu: null,
    check: async () => [{ good: true, says: "in memory" }],
    post: async (chat, message, how) => {
      const failure = self.failures.shift();
      if (failure) throw failure;
      const id = add(chat, message, how, null);
      if (self.lost > 0) {
        self.lost -= 1;
        throw new Undelivered("the answer was lost", { unsure: true });
      }
      return id;
    },
    edit: async (chat, id, message) => {
      const failure = self.failures.shift();
      if (failure) throw failure;
      const found = shown.find((one) => one.chat === chat && one.id === id);
      if (!found) throw new Undelivered("there is no such message", { never: "message" });
      found.message = message;
      found.texts.push(textOf(message));
    },
    get find() {
      if (!self.asked) return null;
      return async (chat: string, key: string) =>
        shown.find((one) => one.chat === chat && one.how?.key === key)?.id ?? null;
    },
    hear: async (incoming) => {
      if (!hearing) throw new Error("nobody listens");
      await hearing(incoming);
    },
    says: (account, line, more = {}) => self.hear({ ...from(account, add), said: { line }, ...more }),
    presses: (account, on, label, { text, ...more } = {}) => {
      const button = on.message.buttons.find((one) => one.label === label);
      if (!button) throw new Error(`no button ${label}: ${on.message.buttons.map((one) => one.label)}`);
      const said = { press: button.offer, message: on.id, text: text ?? null };
      return self.hear({ ...from(account, add), chat: on.chat, said, ...more });
    },
  };
  return self;
}

type Add = (chat: string, message: Message, how: PostOptions | null, to: string | null) => string;
let updates = 0;

function from(account: string, add: Add): Omit<Incoming, "said"> {
  updates += 1;
  const chat = "C1";
  return {
    ...{ id: `u${updates}`, chat, title: "team", alone: false, thread: null, account },
    answer: {
      receipt: async () => undefined,
      say: async (message) => add(chat, message, null, null),
      whisper: async (message) => add(chat, message, null, account),
      prompt: async (question) =>
        add(chat, { parts: [{ line: question }], buttons: [], mention: [] }, null, account),
    },
  };
}
