import type { Line } from "../src/app/reply.ts";

/** A chat platform: Slack, Telegram, and the one in memory of the tests. */
export interface Platform {
  readonly name: string;
  /** Hears until it is stopped. Every message and press is handed over once; what it gives back was acted on. */
  start(hear: (incoming: Incoming) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
  /** A new message; gives its id. Throws `Undelivered`. */
  post(chat: string, message: Message, how: PostOptions): Promise<string>;
  /** Shows something else in its place. Throws `Undelivered`. */
  edit(chat: string, id: string, message: Message): Promise<void>;
  /** The message that was sent with this key; null where it never arrived. Null itself where the platform cannot be asked. */
  readonly find: ((chat: string, key: string, thread: string | null) => Promise<string | null>) | null;
  /** How fast it takes messages in one chat; edits count. */
  readonly pace: {
    readonly everyMs: number;
    readonly aMinute: (chat: string) => number;
    /** Chats that it counts as one have one name here. */
    readonly counted: (chat: string) => string;
  };
  /** Null where its chats have no topics. */
  readonly topics: {
    /** Makes one; gives its chat, or null where that chat has none. Throws `Undelivered`: `never` where it may not. */
    open(chat: string, name: string): Promise<string | null>;
  } | null;
  /**
   * Shows one account in one chat what it may say there; null shows nothing. Null itself where the platform has one menu
   * for all. Throws `Undelivered`.
   */
  readonly menu:
    | ((
        of: { readonly chat: string; readonly account: string },
        entries: readonly { readonly name: string; readonly summary: string }[] | null,
      ) => Promise<void>)
    | null;
  /** Looks whether its tokens are good, and may do what is needed. */
  check(): Promise<readonly Finding[]>;
}

export type Finding = { readonly good: boolean; readonly says: string; readonly hint?: string };

export type PostOptions = {
  /** The message that it belongs under. */
  readonly thread: string | null;
  /** Names the effect, so that it can be asked for. */
  readonly key: string | null;
  /** Without a sound: it is no news. */
  readonly silent: boolean;
};

/** What is shown, as data: each platform writes it in its own way, and cuts it to its own limits. */
export type Message = {
  readonly parts: readonly Part[];
  readonly buttons: readonly Button[];
  /** Accounts that are called by it. */
  readonly mention: readonly string[];
};

export type Part =
  | { readonly line: Line }
  | { readonly code: string }
  /** An address of ours, never of somebody else's words. */
  | { readonly link: string; readonly text: string };

/** An address that cannot end the mark that it stands in, on any platform. */
export function safeAddress(link: string): string {
  return link.replace(/[\s"'<>|`]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export type Button = {
  readonly label: string;
  /** The opaque id of an offer. */
  readonly offer: string;
  readonly danger: boolean;
  readonly takesText: boolean;
};

export type Incoming = {
  /** The platform's own id of it: the same twice is one. */
  readonly id: string;
  readonly chat: string;
  readonly title: string;
  /** Nobody else is in that chat. */
  readonly alone: boolean;
  /** The message that it stands under or answers; null in the chat itself. */
  readonly thread: string | null;
  /** The account's id; a name is never asked for. */
  readonly account: string;
  readonly said:
    | { readonly line: string }
    | { readonly press: string; readonly message: string; readonly text: string | null };
  readonly answer: Answer;
};

/** The ways to answer one incoming message or press. */
export type Answer = {
  /** At once: it was seen. */
  receipt(): Promise<void>;
  /** For everybody there; gives the message's id. */
  say(message: Message): Promise<string | null>;
  /** For the asker alone, where the platform can. */
  whisper(message: Message): Promise<string | null>;
  /** Asks for the text that an offer takes; gives the id of the message that is to be answered, if there is one. */
  prompt(question: string, offer: string): Promise<string | null>;
};

/** What kept a message from being delivered: for a while, or for good. */
export class Undelivered extends Error {
  override readonly name = "Undelivered";

  constructor(
    message: string,
    readonly how: {
      /** The platform's own word on when to try again. */
      readonly retryAfterMs?: number;
      /** `chat`: nothing can be sent there any more. `topic`: it was deleted. `message`: this one never. */
      readonly never?: "chat" | "topic" | "message";
      /** Its answer was lost: it may have arrived. */
      readonly unsure?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, how.cause === undefined ? undefined : { cause: how.cause });
  }
}
