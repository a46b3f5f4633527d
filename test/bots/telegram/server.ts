import { type Chat, chatById, type Posted, strip, type Update } from "./state.ts";

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
  chat(chat: Chat): Chat;
  says(
    chat: Chat,
    from: number,
    text: string,
    more?: { readonly to?: Posted; readonly name?: string },
  ): number;
  presses(from: number, on: Posted, label: string, data?: string): number;
  /** The same update again, as after a lost confirmation. */
  repeat(id: number): void;
  commands: readonly { readonly command: string; readonly description: string }[];
  close(): Promise<void>;
};

const ME = { id: 999, is_bot: true, first_name: "Rally", username: "rally_bot" };
const TOKEN = "999:AAtestTokenOfTheStandInThatIsLongEnough0";

/** As strict as the real one in what matters here: unknown chats, marks, length, flood, one poller, confirmation. */
export function telegramServer(): Telegram {
  const chats: Chat[] = [];
  let [lastUpdate, lastMessage, confirmed, polling] = [100, 10, 0, 0];
  const updates: Update[] = [];
  let wake = Promise.withResolvers<void>();
  const add = (update: Omit<Update, "update_id">): number => {
    lastUpdate += 1;
    updates.push({ update_id: lastUpdate, ...update });
    wake.resolve();
    wake = Promise.withResolvers<void>();
    return lastUpdate;
  };
  const self = {
    token: TOKEN,
    posted: [] as Posted[],
    calls: [] as Telegram["calls"],
    alerts: [] as string[],
    failures: [] as Telegram["failures"],
    ...{ revoked: false, rival: false },
    commands: [] as Telegram["commands"],
    chat: (chat: Chat) => {
      chats.push(chat);
      return chat;
    },
    says: (chat: Chat, from: number, text: string, more: { to?: Posted; name?: string } = {}) => {
      lastMessage += 1;
      const command = /^\/\w+/.exec(text);
      return add({
        message: {
          message_id: lastMessage,
          date: 1_700_000_000,
          chat,
          from: { id: from, is_bot: false, first_name: more.name ?? `Person ${from}` },
          text,
          ...(command ? { entities: [{ type: "bot_command", offset: 0, length: command[0].length }] } : {}),
          ...(more.to ? { reply_to_message: ownMessage(chat, more.to) } : {}),
        },
      });
    },
    presses: (from: number, on: Posted, label: string, data?: string) => {
      const button = on.buttons.find((one) => one.text === label);
      if (!button && data === undefined) throw new Error(`no button ${label} on ${on.text}`);
      return add({
        callback_query: {
          id: `q${lastUpdate}`,
          chat_instance: "1",
          from: { id: from, is_bot: false, first_name: `Person ${from}` },
          data: data ?? button?.callback_data ?? "",
          message: ownMessage(chatById(chats, on.chat), on),
        },
      });
    },
    repeat: (id: number) => {
      const found = updates.find((one) => one.update_id === id);
      if (found) updates.push(found);
      confirmed = Math.min(confirmed, id - 1);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
  };
  const getUpdates = async (payload: Payload): Promise<Answer> => {
    if (self.rival) return { code: 409, description: "Conflict: terminated by other getUpdates request" };
    confirmed = Math.max(confirmed, (payload.offset ?? 0) - 1);
    polling += 1;
    const mine = polling;
    const fresh = () => updates.filter((one) => one.update_id > confirmed);
    if (fresh().length === 0) await Promise.race([wake.promise, Bun.sleep(1_000)]);
    if (mine !== polling)
      return { code: 409, description: "Conflict: terminated by other getUpdates request" };
    return { result: fresh().slice(0, 100) };
  };
  const methods: Record<string, (payload: Payload) => Answer | Promise<Answer>> = {
    getMe: () => ({ result: ME }),
    getUpdates,
    deleteWebhook: () => ({ result: true }),
    setMessageReaction: () => ({ result: true }),
    setMyCommands: (payload) => {
      self.commands = payload.commands as Telegram["commands"];
      const bad = self.commands.find(
        (one) => !/^[a-z0-9_]{1,32}$/.test(one.command) || one.description.length > 256,
      );
      return bad ? { code: 400, description: "Bad Request: BOT_COMMAND_INVALID" } : { result: true };
    },
    answerCallbackQuery: (payload) => {
      const text = String(payload.text ?? "");
      if (text.length > 200) return { code: 400, description: "Bad Request: MESSAGE_TOO_LONG" };
      self.alerts.push(text);
      return { result: true };
    },
    sendMessage: (payload) => {
      const chat = chats.find((one) => one.id === payload.chat_id);
      if (!chat) return { code: 400, description: "Bad Request: chat not found" };
      if (chat.gone) return { code: 403, description: "Forbidden: bot was kicked from the group chat" };
      const text = textOf(payload);
      if (typeof text !== "string") return text;
      lastMessage += 1;
      const posted: Posted = {
        ...{ id: lastMessage, chat: chat.id, text, html: String(payload.text), at: performance.now() },
        edits: [],
        silent: payload.disable_notification === true,
        to: (payload.reply_parameters as { message_id: number } | undefined)?.message_id ?? null,
        topic: typeof payload.message_thread_id === "number" ? payload.message_thread_id : null,
        ...marksOf(payload),
      };
      self.posted.push(posted);
      return { result: ownMessage(chat, posted) };
    },
    editMessageText: (payload) => {
      const found = self.posted.find((one) => one.chat === payload.chat_id && one.id === payload.message_id);
      if (!found) return { code: 400, description: "Bad Request: message to edit not found" };
      const text = textOf(payload);
      if (typeof text !== "string") return text;
      const { buttons } = marksOf(payload);
      if (String(payload.text) === found.html && JSON.stringify(buttons) === JSON.stringify(found.buttons))
        return { code: 400, description: "Bad Request: message is not modified" };
      Object.assign(found, { text, html: String(payload.text), buttons });
      found.edits.push({ text, at: performance.now() });
      return { result: ownMessage(chatById(chats, found.chat), found) };
    },
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    fetch: async (request) => {
      const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(new URL(request.url).pathname) ?? [];
      if (token !== TOKEN || self.revoked) return refused({ code: 401, description: "Unauthorized" });
      const payload = (await request.json().catch(() => ({}))) as Payload;
      self.calls.push({ method, payload });
      const at = self.failures.findIndex((one) => one.method === method);
      const [failure] = at < 0 ? [] : self.failures.splice(at, 1);
      if (failure && failure.how !== "silence") return refused(failure.how);
      const act = methods[method];
      if (!act) return refused({ code: 404, description: "Not Found: method not found" });
      const answer = await act(payload);
      // It has arrived; its answer has not.
      if (failure?.how === "silence") return new Response("", { status: 502 });
      return "code" in answer ? refused(answer) : Response.json({ ok: true, result: answer.result });
    },
  });
  return Object.assign(self, {
    root: `http://127.0.0.1:${server.port}`,
    close: async () => {
      wake.resolve();
      await server.stop(true);
    },
  });
}

function refused({ code, description, retryAfter }: Refusal): Response {
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  return Response.json({ ok: false, error_code: code, description, ...parameters }, { status: code });
}

function ownMessage(chat: Chat, posted: Posted) {
  return { message_id: posted.id, date: 1_700_000_000, chat, from: ME, text: posted.text };
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
