import { type Answer, type Block, newSlackState, type Posted, type SlackState, webApi } from "./api.ts";

export type Slack = SlackState & {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  /** What was acknowledged, in order: envelope ids. */
  readonly acks: string[];
  readonly responses: Record<string, unknown>[];
  command(user: string, channel: string, line: string): Promise<string>;
  mention(user: string, channel: string, text: string, thread?: string): Promise<string>;
  presses(
    user: string,
    on: Posted,
    label: string,
    more?: { channel?: string; value?: string },
  ): Promise<string>;
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
  const sockets = new Set<Bun.ServerWebSocket<undefined>>();
  const sent = new Map<string, Envelope>();
  const [acks, responses]: [string[], Record<string, unknown>[]] = [[], []];
  let last = 0;
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
      const address = `ws://127.0.0.1:${server.port}/link`;
      return respond(webApi(state, { method, token, body, address }));
    },
    websocket: {
      open: (socket) => {
        sockets.add(socket);
        self.connections += 1;
        socket.send(
          JSON.stringify({
            type: "hello",
            num_connections: 1,
            debug_info: {},
            connection_info: { app_id: "A1" },
          }),
        );
      },
      message: (_socket, text) => {
        const { envelope_id } = JSON.parse(String(text)) as { envelope_id: string };
        acks.push(envelope_id);
      },
      close: (socket) => void sockets.delete(socket),
    },
  });
  const acked = async (id: string, before: number) => {
    const end = performance.now() + 3_000;
    while (performance.now() < end) {
      if (acks.slice(before).includes(id)) return;
      await Bun.sleep(5);
    }
    throw new Error(`${id} was not acknowledged within 3 s`);
  };
  const deliver = async (type: string, payload: unknown): Promise<string> => {
    last += 1;
    const envelope = {
      envelope_id: `e${last}`,
      type,
      payload,
      accepts_response_payload: type !== "events_api",
    };
    sent.set(envelope.envelope_id, envelope);
    return again(envelope.envelope_id);
  };
  const again = async (id: string): Promise<string> => {
    for (let waited = 0; sockets.size === 0 && waited < 300; waited += 1) await Bun.sleep(20);
    const before = acks.length;
    [...sockets][0]?.send(JSON.stringify(sent.get(id)));
    await acked(id, before);
    return id;
  };
  const respondUrl = () => `http://127.0.0.1:${server.port}/respond/${last}`;
  const self: Slack = Object.assign(state, {
    apiUrl: `http://127.0.0.1:${server.port}/api/`,
    ...{ botToken: state.tokens.bot, appToken: state.tokens.app, acks, responses, connections: 0 },
    command: (user: string, channel: string, line: string) => {
      const [command = "", ...rest] = line.split(" ");
      const where = {
        channel_id: channel,
        channel_name: "team",
        user_id: user,
        user_name: `name-of-${user}`,
      };
      const more = { team_id: "T1", api_app_id: "A1", trigger_id: `t${last}.${user}`, token: "x" };
      return deliver("slash_commands", {
        command,
        text: rest.join(" "),
        ...where,
        ...more,
        response_url: respondUrl(),
      });
    },
    mention: (user: string, channel: string, text: string, thread?: string) => {
      const ts = state.nextTs();
      const event = {
        ...{ type: "app_mention", user, channel, ts, text: `<@UBOT> ${text}`, event_ts: ts },
        ...(thread ? { thread_ts: thread } : {}),
      };
      const more = {
        type: "event_callback",
        team_id: "T1",
        api_app_id: "A1",
        event_id: `Ev${last}`,
        event_time: 1,
      };
      return deliver("events_api", {
        ...more,
        event,
        authorizations: [{ team_id: "T1", user_id: "UBOT", is_bot: true }],
      });
    },
    presses: (user: string, on: Posted, label: string, more: { channel?: string; value?: string } = {}) => {
      const button = on.blocks.flatMap(buttonsOf).find((one) => one.text.text === label);
      if (!button) throw new Error(`no button ${label} on ${on.text}`);
      const channel = more.channel ?? on.channel;
      return deliver("interactive", {
        ...{ type: "block_actions", team: { id: "T1" }, user: { id: user, name: "x" }, api_app_id: "A1" },
        ...{
          channel: { id: channel, name: "team" },
          trigger_id: `p${last}`,
          response_url: respondUrl(),
          token: "x",
        },
        container: { type: "message", message_ts: on.ts, channel_id: channel },
        message: { ts: on.ts, ...(on.thread ? { thread_ts: on.thread } : {}) },
        actions: [
          { ...button, value: more.value ?? button.value, type: "button", action_ts: "1", block_id: "b" },
        ],
      });
    },
    submits: async (user: string, text: string) => {
      const view = state.views.at(-1);
      if (!view) throw new Error("no modal is open");
      const values = { text: { text: { type: "plain_text_input", value: text } } };
      await deliver("interactive", {
        ...{ type: "view_submission", team: { id: "T1" }, user: { id: user }, api_app_id: "A1", token: "x" },
        view: { ...view, id: `V${last}`, hash: "h", team_id: "T1", state: { values } },
      });
    },
    replay: async (envelope: string) => void (await again(envelope)),
    disconnect: () => {
      for (const socket of sockets)
        socket.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: {} }));
    },
    close: async () => void (await server.stop(true)),
  });
  return self;
}

function buttonsOf(block: Block) {
  return block.type === "actions" ? (block.elements ?? []) : [];
}

function respond(answer: Answer): Response {
  if (answer === "silence") return new Response("", { status: 502 });
  if ("retryAfter" in answer)
    return new Response(JSON.stringify({ ok: false, error: "ratelimited" }), {
      status: 429,
      headers: { "retry-after": String(answer.retryAfter) },
    });
  return Response.json(answer, { headers: { "x-oauth-scopes": "commands,chat:write" } });
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
