import { SCOPES } from "../../../bots/slack/scopes.ts";

export type Button = {
  readonly action_id: string;
  readonly value: string;
  readonly text: { readonly text: string };
};
export type Block = {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly Button[];
};

export type Posted = {
  readonly ts: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly broadcast: boolean;
  text: string;
  blocks: readonly Block[];
  readonly metadata: unknown;
  readonly edits: string[];
  readonly at: number;
};

export type SlackState = {
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly posted: Posted[];
  readonly whispered: {
    readonly channel: string;
    readonly user: string;
    readonly text: string;
    readonly blocks: readonly Block[];
  }[];
  readonly reactions: string[];
  readonly views: Record<string, unknown>[];
  /** The next calls of a method are refused, put off, or arrive and are never answered. */
  readonly failures: { readonly method: string; readonly how: Refusal }[];
  readonly channels: Set<string>;
  /** What the installed app may. */
  scopes: readonly string[];
  nextTs(): string;
};

export type Refusal = { readonly error: string } | { readonly retryAfter: number } | "silence";
export type Answer = Record<string, unknown> | { readonly retryAfter: number } | "silence";

export function newSlackState(): SlackState {
  let last = 1000;
  return {
    tokens: { bot: "xoxb-1-standin", app: "xapp-1-standin" },
    ...{
      posted: [],
      whispered: [],
      reactions: [],
      views: [],
      failures: [],
      channels: new Set(["C1", "C2", "D1"]),
      scopes: SCOPES,
    },
    nextTs: () => {
      last += 1;
      return `1700000000.${String(last).padStart(6, "0")}`;
    },
  };
}

type Call = {
  readonly method: string;
  readonly token: string;
  readonly body: Record<string, unknown>;
  readonly address: string;
};

export function webApi(state: SlackState, call: Call): Answer {
  const { method, token, body } = call;
  if (token !== (method === "apps.connections.open" ? state.tokens.app : state.tokens.bot))
    return { ok: false, error: "invalid_auth" };
  const at = state.failures.findIndex((one) => one.method === method);
  const [failure] = at < 0 ? [] : state.failures.splice(at, 1);
  if (failure && failure.how !== "silence")
    return "error" in failure.how ? { ok: false, ...failure.how } : failure.how;
  const act = METHODS[method];
  const answer = act ? act(state, body, call) : { ok: false, error: "unknown_method" };
  return failure ? "silence" : answer;
}

const METHODS: Readonly<
  Record<string, (state: SlackState, body: Record<string, unknown>, call: Call) => Record<string, unknown>>
> = {
  "apps.connections.open": (_state, _body, { address }) => ({ ok: true, url: address }),
  "auth.test": () => ({
    ok: true,
    user: "rally",
    user_id: "UBOT",
    bot_id: "BBOT",
    team: "Acme",
    team_id: "T1",
  }),
  "chat.postMessage": (state, body) => {
    const bad = refusal(state, body);
    if (bad) return bad;
    const posted: Posted = {
      ...{ ts: state.nextTs(), channel: String(body.channel), at: performance.now(), edits: [] },
      thread: typeof body.thread_ts === "string" ? body.thread_ts : null,
      broadcast: String(body.reply_broadcast) === "true",
      ...{ text: String(body.text), blocks: (body.blocks ?? []) as Block[], metadata: body.metadata ?? null },
    };
    posted.edits.push(wordsOf(posted));
    state.posted.push(posted);
    return { ok: true, ts: posted.ts, channel: posted.channel };
  },
  "chat.update": (state, body) => {
    const found = state.posted.find((one) => one.ts === body.ts && one.channel === body.channel);
    if (!found) return { ok: false, error: "message_not_found" };
    const bad = refusal(state, body);
    if (bad) return bad;
    found.text = String(body.text);
    found.blocks = (body.blocks ?? []) as Block[];
    found.edits.push(wordsOf(found));
    return { ok: true, ts: found.ts };
  },
  "chat.postEphemeral": (state, body) => {
    const bad = refusal(state, body);
    if (bad) return bad;
    const { channel, user, text, blocks } = body as unknown as SlackState["whispered"][number];
    state.whispered.push({ channel, user, text, blocks });
    return { ok: true, message_ts: state.nextTs() };
  },
  "reactions.add": (state, body) => {
    state.reactions.push(`${body.name} ${body.timestamp}`);
    return { ok: true };
  },
  "views.open": (state, body) => {
    state.views.push(body.view as Record<string, unknown>);
    return { ok: true, view: body.view };
  },
  "conversations.history": (state, body) =>
    paged(state.posted.filter((one) => one.channel === body.channel && isInChannel(one)).toReversed(), body),
  "conversations.replies": (state, body) =>
    paged(
      state.posted.filter(
        (one) => one.channel === body.channel && (one.thread === body.ts || one.ts === body.ts),
      ),
      body,
    ),
};

/** What is in a thread alone is no message of the channel. */
function isInChannel({ thread, broadcast }: Posted): boolean {
  return thread === null || broadcast;
}

/** A channel from its newest message on, a thread from its oldest, so many at a time. */
function paged(all: readonly Posted[], { limit = 100, cursor = 0 }: Record<string, unknown>) {
  const [from, to] = [Number(cursor), Number(cursor) + Number(limit)];
  const messages = all
    .slice(from, to)
    .map(({ ts, text, metadata }) => ({ ts, text, metadata: metadata ?? undefined }));
  return { ok: true, messages, response_metadata: { next_cursor: to < all.length ? String(to) : "" } };
}

/** Slack's limits: 50 blocks, 3,000 characters in a text, 5 to 25 elements, 75 in a button, 2,000 in a value. */
function refusal(state: SlackState, body: Record<string, unknown>): Record<string, unknown> | null {
  if (!state.channels.has(String(body.channel))) return { ok: false, error: "channel_not_found" };
  const blocks = (body.blocks ?? []) as Block[];
  const bad =
    blocks.length > 50 ||
    String(body.text ?? "").length > 40_000 ||
    blocks.some(({ text }) => text !== undefined && (text.text.length > 3000 || text.text === "")) ||
    blocks.some(
      ({ type, elements = [] }) => type === "actions" && (elements.length === 0 || elements.length > 25),
    ) ||
    blocks.some(({ elements = [] }) =>
      elements.some((one) => one.text.text.length > 75 || one.value.length > 2000),
    );
  return bad ? { ok: false, error: "invalid_blocks" } : null;
}

export function wordsOf(posted: Pick<Posted, "blocks" | "text">): string {
  return posted.blocks.flatMap(({ text }) => (text ? [text.text] : [])).join("\n") || posted.text;
}

export function labelsOf(posted: Pick<Posted, "blocks">): string[] {
  return posted.blocks.flatMap(({ type, elements = [] }) =>
    type === "actions" ? elements.map((one) => one.text.text) : [],
  );
}
