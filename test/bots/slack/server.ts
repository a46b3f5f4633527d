import { type Answer, type Block, newSlackState, type Posted, type SlackState, webApi } from "./api.ts";

export type Slack = SlackState & {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  /** What was acknowledged, in order: envelope ids. */
  readonly acks: string[];
  readonly responses: Record<string, unknown>[];
  command(user: string, channel: string, line: string, name?: string): Promise<string>;
  /** `bot`: the id of another app's, whose mentions arrive like a person's. */
  mention(user: string, channel: string, text: string, thread?: string, bot?: string): Promise<string>;
  presses(
    user: string,
    on: Posted,
    label: string,
    more?: { channel?: string; value?: string },
  ): Promise<string>;
  /** A button of what was shown to one person alone: Slack hands no message over with it. */
  pressesAlone(user: string, channel: string, on: Record<string, unknown>, label: string): Promise<string>;
  submits(user: string, text: string): Promise<void>;
  /** The same envelope again, as after a lost acknowledgement. */
  replay(envelope: string): Promise<void>;
  /** Slack asks to connect anew. */
  disconnect(): void;
  connections: number;
  close(): Promise<void>;
};

type Envelope = { readonly envelope_id: string; readonly type: string; readonly payload: unknown };

/** A Web API and Socket Mode as Slack's: envelopes, acknowledgements, tickets, refresh, limits, response_url. */
export function slackServer(): Slack {
  const state = newSlackState();
  const line: Line = { sockets: new Set(), sent: new Map(), acks: [], last: 0, address: "" };
  const responses: Record<string, unknown>[] = [];
  const opened = { connections: 0 };
  const server: Bun.Server<undefined> = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request, here): Promise<Response | undefined> => {
      const url = new URL(request.url);
      if (url.pathname === "/link")
        return here.upgrade(request) ? undefined : new Response("", { status: 400 });
      const body = await bodyOf(request);
      if (url.pathname.startsWith("/respond/")) {
        responses.push(body);
        return new Response("ok");
      }
      const method = url.pathname.replace(/^\/api\//, "");
      const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? String(body.token ?? "");
      return respond(state, webApi(state, { method, token, body, address: `ws://${line.address}/link` }));
    },
    websocket: {
      open: (socket) => {
        line.sockets.add(socket);
        self.connections += 1;
        const info = { num_connections: 1, debug_info: {}, connection_info: { app_id: "A1" } };
        socket.send(JSON.stringify({ type: "hello", ...info }));
      },
      message: (_socket, text) => {
        line.acks.push((JSON.parse(String(text)) as { envelope_id: string }).envelope_id);
      },
      close: (socket) => void line.sockets.delete(socket),
    },
  });
  line.address = `127.0.0.1:${server.port}`;
  const self: Slack = Object.assign(state, opened, people(state, line), {
    apiUrl: `http://${line.address}/api/`,
    ...{ botToken: state.tokens.bot, appToken: state.tokens.app, acks: line.acks, responses },
    close: async () => void (await server.stop(true)),
  });
  return self;
}

type Line = {
  readonly sockets: Set<Bun.ServerWebSocket<undefined>>;
  readonly sent: Map<string, Envelope>;
  readonly acks: string[];
  last: number;
  address: string;
};

async function deliver(line: Line, type: string, payload: unknown): Promise<string> {
  line.last += 1;
  const envelope = { envelope_id: `e${line.last}`, type, payload };
  line.sent.set(envelope.envelope_id, envelope);
  return again(line, envelope.envelope_id);
}

/** Sends it, and waits for its acknowledgement: Slack waits three seconds. */
async function again(line: Line, id: string): Promise<string> {
  for (let waited = 0; line.sockets.size === 0 && waited < 300; waited += 1) await Bun.sleep(20);
  const before = line.acks.length;
  [...line.sockets][0]?.send(JSON.stringify({ ...line.sent.get(id), accepts_response_payload: true }));
  const end = performance.now() + 3_000;
  while (performance.now() < end) {
    if (line.acks.slice(before).includes(id)) return id;
    await Bun.sleep(5);
  }
  throw new Error(`${id} was not acknowledged within 3 s`);
}

type People = Pick<
  Slack,
  "command" | "mention" | "presses" | "pressesAlone" | "submits" | "replay" | "disconnect"
>;
const APP = { team_id: "T1", api_app_id: "A1", token: "x" };

function people(state: SlackState, line: Line): People {
  const response = () => ({ response_url: `http://${line.address}/respond/${line.last}` });
  const pressed = (user: string, channel: string) => ({
    ...{ ...APP, type: "block_actions", team: { id: "T1" }, user: { id: user, name: "x" } },
    ...{ channel: { id: channel, name: "team" }, trigger_id: `p${line.last}`, ...response() },
  });
  return {
    command: (user, channel, typed, name = `name-of-${user}`) => {
      const [command = "", ...rest] = typed.split(" ");
      const where = {
        channel_id: channel,
        channel_name: "team",
        user_id: user,
        user_name: name,
      };
      const said = { command, text: rest.join(" "), trigger_id: `t${line.last}.${user}` };
      return deliver(line, "slash_commands", { ...APP, ...said, ...where, ...response() });
    },
    mention: (user, channel, text, thread, bot) => {
      const ts = state.nextTs();
      const said = { type: "app_mention", user, channel, ts, event_ts: ts, text: `<@UBOT> ${text}` };
      const event = { ...said, ...(thread ? { thread_ts: thread } : {}), ...(bot ? { bot_id: bot } : {}) };
      const authorizations = [{ team_id: "T1", user_id: "UBOT", is_bot: true }];
      const more = { type: "event_callback", event_id: `Ev${line.last}`, event_time: 1, authorizations };
      return deliver(line, "events_api", { ...APP, ...more, event });
    },
    presses: (user, on, label, more = {}) => {
      const channel = more.channel ?? on.channel;
      const message = { ts: on.ts, ...(on.thread ? { thread_ts: on.thread } : {}) };
      const where = { container: { type: "message", message_ts: on.ts, channel_id: channel }, message };
      const action = actionOf(on.blocks, label, more.value);
      return deliver(line, "interactive", { ...pressed(user, channel), ...where, actions: [action] });
    },
    pressesAlone: (user, channel, on, label) => {
      const where = { type: "message", message_ts: state.nextTs(), channel_id: channel, is_ephemeral: true };
      const actions = [actionOf(on.blocks as Block[], label)];
      return deliver(line, "interactive", { ...pressed(user, channel), container: where, actions });
    },
    submits: async (user, text) => {
      const view = state.views.at(-1);
      if (!view) throw new Error("no modal is open");
      const values = { text: { text: { type: "plain_text_input", value: text } } };
      const filled = { ...view, id: `V${line.last}`, hash: "h", team_id: "T1", state: { values } };
      const from = { type: "view_submission", team: { id: "T1" }, user: { id: user } };
      await deliver(line, "interactive", { ...APP, ...from, view: filled });
    },
    replay: async (envelope) => void (await again(line, envelope)),
    disconnect: () => {
      const word = JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: {} });
      for (const socket of line.sockets) socket.send(word);
    },
  };
}

function actionOf(blocks: readonly Block[], label: string, value?: string) {
  const button = blocks.flatMap(buttonsOf).find((one) => one.text.text === label);
  if (!button) throw new Error(`no button ${label} on ${JSON.stringify(blocks)}`);
  return { ...button, value: value ?? button.value, type: "button", action_ts: "1", block_id: "b" };
}

function buttonsOf(block: Block) {
  return block.type === "actions" ? (block.elements ?? []) : [];
}

function respond({ scopes }: SlackState, answer: Answer): Response {
  if (answer === "silence") return new Response("", { status: 502 });
  if ("retryAfter" in answer)
    return new Response(JSON.stringify({ ok: false, error: "ratelimited" }), {
      status: 429,
      headers: { "retry-after": String(answer.retryAfter) },
    });
  return Response.json(answer, { headers: { "x-oauth-scopes": scopes.join(",") } });
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (request.headers.get("content-type")?.includes("json")) return JSON.parse(text || "{}");
  return Object.fromEntries(
    [...new URLSearchParams(text)].map(([key, value]) => [
      key,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}
