import {
  type Chat,
  chatById,
  inTopic,
  lostTopic,
  openerOf,
  type Posted,
  type Scope,
  scopeOf,
  strip,
  type Topic,
  type Update,
} from "./state.ts";

type Payload = Record<string, unknown> & {
  chat_id?: number;
  message_id?: number;
  text?: string;
  offset?: number;
};
type Answer = { readonly result: unknown } | Refusal;
type Refusal = { readonly code: number; readonly description: string; readonly retryAfter?: number };

export type Telegram = {
  readonly root: string;
  readonly token: string;
  readonly posted: Posted[];
  readonly calls: { readonly method: string; readonly payload: Payload }[];
  readonly alerts: string[];
  /** The next calls of a method are refused, or arrive and are never answered. */
  readonly failures: { readonly method: string; readonly how: Refusal | "silence" }[];
  revoked: boolean;
  /** Somebody else polls with the same token. */
  rival: boolean;
  readonly topics: Topic[];
  /** With all that was said in it. */
  deletesTopic(topic: Topic): void;
  chat(chat: Chat): Chat;
  says(
    chat: Chat,
    from: number,
    text: string,
    more?: { readonly to?: Posted; readonly name?: string; readonly topic?: number },
  ): number;
  presses(from: number, on: Posted, label: string, data?: string): number;
  /** The same update again, as after a lost confirmation. */
  repeat(id: number): void;
  /** The names in each menu, by its scope: `default`, `chat 1`, `chat_member -100 1`. */
  readonly menus: Map<string, readonly string[]>;
  close(): Promise<void>;
};

const ME = { id: 999, is_bot: true, first_name: "Rally", username: "rally_bot" };
const TOKEN = "999:AAtestTokenOfTheStandInThatIsLongEnough0";

/** As strict as the real one in what matters here: unknown chats, marks, length, flood, one poller, confirmation. */
export function telegramServer(): Telegram {
  const inner: Inner = {
    chats: [],
    updates: [],
    ...{ update: 100, message: 10, confirmed: 0, polling: 0 },
    wake: [],
  };
  const self: State = {
    ...{ token: TOKEN, posted: [], calls: [], alerts: [], failures: [], menus: new Map() },
    ...{ revoked: false, rival: false, topics: [] },
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    fetch: async (request) => {
      const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(new URL(request.url).pathname) ?? [];
      if (token !== TOKEN || self.revoked) return refused({ code: 401, description: "Unauthorized" });
      const payload = (await request.json().catch(() => ({}))) as Payload;
      return answered(self, inner, method, payload);
    },
  });
  return Object.assign(self, people(self, inner), {
    root: `http://127.0.0.1:${server.port}`,
    close: async () => {
      woken(inner);
      await server.stop(true);
    },
  });
}

async function answered(self: State, inner: Inner, method: string, payload: Payload): Promise<Response> {
  self.calls.push({ method, payload });
  const at = self.failures.findIndex((one) => one.method === method);
  const [failure] = at < 0 ? [] : self.failures.splice(at, 1);
  if (failure && failure.how !== "silence") return refused(failure.how);
  const act = METHODS[method];
  if (!act) return refused({ code: 404, description: "Not Found: method not found" });
  const answer = await act(self, inner, payload);
  // It has arrived; its answer has not.
  if (failure?.how === "silence") return new Response("", { status: 502 });
  return "code" in answer ? refused(answer) : Response.json({ ok: true, result: answer.result });
}

type People = Pick<Telegram, "chat" | "says" | "presses" | "repeat" | "deletesTopic">;
type State = Omit<Telegram, keyof People | "root" | "close">;
type Inner = {
  readonly chats: Chat[];
  readonly updates: Update[];
  update: number;
  message: number;
  confirmed: number;
  polling: number;
  wake: (() => void)[];
};

function woken(inner: Inner): void {
  for (const wake of inner.wake.splice(0)) wake();
}

function add(inner: Inner, update: Omit<Update, "update_id">): number {
  inner.update += 1;
  inner.updates.push({ update_id: inner.update, ...update });
  woken(inner);
  return inner.update;
}

function people(self: State, inner: Inner): People {
  const person = (id: number, name = `Person ${id}`) => ({ id, is_bot: false, first_name: name });
  return {
    chat: (chat) => {
      inner.chats.push(chat);
      return chat;
    },
    says: (chat, from, text, more = {}) => {
      inner.message += 1;
      const command = /^\/\w+/.exec(text);
      const entities = command ? [{ type: "bot_command", offset: 0, length: command[0].length }] : [];
      const topic = more.topic ?? more.to?.topic ?? null;
      const reply = more.to ? { reply_to_message: ownMessage(chat, more.to) } : openerOf(chat, topic);
      const message = {
        message_id: inner.message,
        date: 1_700_000_000,
        chat,
        text,
        entities,
        ...reply,
        ...inTopic(topic),
      };
      return add(inner, { message: { ...message, from: person(from, more.name) } });
    },
    presses: (from, on, label, data) => {
      const button = on.buttons.find((one) => one.text === label);
      if (!button && data === undefined) throw new Error(`no button ${label} on ${on.text}`);
      const message = ownMessage(chatById(inner.chats, on.chat), on);
      const query = { id: `q${inner.update}`, chat_instance: "1", data: data ?? button?.callback_data ?? "" };
      return add(inner, { callback_query: { ...query, from: person(from), message } });
    },
    deletesTopic: (topic) => {
      topic.deleted = true;
      const gone = self.posted.filter((one) => one.chat === topic.chat && one.topic === topic.id);
      for (const one of gone) self.posted.splice(self.posted.indexOf(one), 1);
    },
    repeat: (id) => {
      inner.confirmed = Math.min(inner.confirmed, id - 1);
      woken(inner);
    },
  };
}

const CONFLICT = { code: 409, description: "Conflict: terminated by other getUpdates request" };
type Method = (self: State, inner: Inner, payload: Payload) => Answer | Promise<Answer>;

const METHODS: Readonly<Record<string, Method>> = {
  getMe: () => ({ result: ME }),
  getChat: (_self, inner, payload) => {
    const chat = inner.chats.find((one) => one.id === payload.chat_id);
    return chat ? { result: chat } : { code: 400, description: "Bad Request: chat not found" };
  },
  createForumTopic: (self, inner, payload) => {
    const chat = inner.chats.find((one) => one.id === payload.chat_id);
    const name = String(payload.name ?? "");
    if (!chat) return { code: 400, description: "Bad Request: chat not found" };
    if (!chat.is_forum) return { code: 400, description: "Bad Request: the chat is not a forum" };
    if (!chat.may_topics)
      return { code: 400, description: "Bad Request: not enough rights to create a topic" };
    if (name === "" || name.length > 128)
      return { code: 400, description: "Bad Request: topic name is invalid" };
    inner.message += 1;
    const topic = { id: inner.message, chat: chat.id, name, deleted: false };
    self.topics.push(topic);
    return { result: { message_thread_id: topic.id, name, icon_color: 7_322_096 } };
  },
  deleteWebhook: () => ({ result: true }),
  setMessageReaction: () => ({ result: true }),
  getUpdates: async (self, inner, payload) => {
    if (self.rival) return CONFLICT;
    inner.confirmed = Math.max(inner.confirmed, (payload.offset ?? 0) - 1);
    inner.polling += 1;
    const mine = inner.polling;
    const fresh = () => inner.updates.filter((one) => one.update_id > inner.confirmed);
    const { promise, resolve } = Promise.withResolvers<void>();
    inner.wake.push(resolve);
    if (fresh().length === 0) await Promise.race([promise, Bun.sleep(1_000)]);
    return mine === inner.polling ? { result: fresh().slice(0, 100) } : CONFLICT;
  },
  setMyCommands: (self, inner, payload) => {
    const commands = payload.commands as { command: string; description: string }[];
    const bad = commands.some(
      (one) =>
        !/^[a-z0-9_]{1,32}$/.test(one.command) || one.description === "" || one.description.length > 256,
    );
    if (bad || commands.length > 100) return { code: 400, description: "Bad Request: BOT_COMMAND_INVALID" };
    const scope = scopeOf(inner.chats, payload.scope as Scope | undefined);
    if (typeof scope !== "string") return scope;
    self.menus.set(
      scope,
      commands.map(({ command }) => command),
    );
    return { result: true };
  },
  deleteMyCommands: (self, inner, payload) => {
    const scope = scopeOf(inner.chats, payload.scope as Scope | undefined);
    if (typeof scope !== "string") return scope;
    self.menus.delete(scope);
    return { result: true };
  },
  answerCallbackQuery: (self, _inner, payload) => {
    const text = String(payload.text ?? "");
    if (text.length > 200) return { code: 400, description: "Bad Request: MESSAGE_TOO_LONG" };
    self.alerts.push(text);
    return { result: true };
  },
  sendMessage: (self, inner, payload) => {
    const chat = inner.chats.find((one) => one.id === payload.chat_id);
    if (!chat) return { code: 400, description: "Bad Request: chat not found" };
    if (chat.gone) return { code: 403, description: "Forbidden: bot was kicked from the group chat" };
    const text = textOf(payload);
    if (typeof text !== "string") return text;
    const lost = lostTopic(self.topics, payload);
    if (lost) return lost;
    inner.message += 1;
    const posted: Posted = {
      ...{ id: inner.message, chat: chat.id, text, html: String(payload.text), at: performance.now() },
      edits: [],
      silent: payload.disable_notification === true,
      to: (payload.reply_parameters as { message_id: number } | undefined)?.message_id ?? null,
      topic: typeof payload.message_thread_id === "number" ? payload.message_thread_id : null,
      ...marksOf(payload),
    };
    self.posted.push(posted);
    return { result: ownMessage(chat, posted) };
  },
  editMessageText: (self, inner, payload) => {
    const found = self.posted.find((one) => one.chat === payload.chat_id && one.id === payload.message_id);
    if (!found) return { code: 400, description: "Bad Request: message to edit not found" };
    const text = textOf(payload);
    if (typeof text !== "string") return text;
    const { buttons } = marksOf(payload);
    if (String(payload.text) === found.html && JSON.stringify(buttons) === JSON.stringify(found.buttons))
      return { code: 400, description: "Bad Request: message is not modified" };
    Object.assign(found, { text, html: String(payload.text), buttons });
    found.edits.push({ text, at: performance.now() });
    return { result: ownMessage(chatById(inner.chats, found.chat), found) };
  },
};

function refused({ code, description, retryAfter }: Refusal): Response {
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  return Response.json({ ok: false, error_code: code, description, ...parameters }, { status: code });
}

function ownMessage(chat: Chat, posted: Posted) {
  const { id, text, topic } = posted;
  return { message_id: id, date: 1_700_000_000, chat, from: ME, text, ...inTopic(topic) };
}

function textOf(payload: Payload): string | Refusal {
  const given = String(payload.text ?? "");
  const text = payload.parse_mode === "HTML" ? strip(given) : given;
  if (text === null)
    return { code: 400, description: "Bad Request: can't parse entities: unclosed or unknown tag" };
  if (text.trim() === "") return { code: 400, description: "Bad Request: message text is empty" };
  if (text.length > 4096) return { code: 400, description: "Bad Request: message is too long" };
  return text;
}

function marksOf(payload: Payload): Pick<Posted, "buttons" | "force"> {
  const markup = payload.reply_markup as
    | { inline_keyboard?: Posted["buttons"][]; force_reply?: boolean }
    | undefined;
  const buttons = (markup?.inline_keyboard ?? []).flat();
  if (buttons.some((one) => Buffer.byteLength(one.callback_data) > 64))
    throw new Error("BUTTON_DATA_INVALID");
  return { buttons, force: markup?.force_reply === true };
}
