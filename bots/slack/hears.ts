import type { App, RespondFn } from "@slack/bolt";
import type { Incoming, Message } from "../platform.ts";
import { slackMessage } from "./format.ts";
import { incomingOf, TEXT_VIEW, typedText, viewData, type Where } from "./incoming.ts";

export type Hears = { readonly hear: (incoming: Incoming) => Promise<void>; readonly event: () => void };

/** All that Slack sends, acknowledged first: it waits three seconds, whatever GitHub does. */
export function listen(app: App, { hear, event }: Hears): void {
  app.use(async ({ next }) => {
    event();
    await next();
  });
  commands(app, hear);
  mentions(app, hear);
  buttons(app, hear);
  texts(app, hear);
}

function commands(app: App, hear: Hears["hear"]): void {
  app.command(/^\/[\w-]+$/, async ({ command, ack, client, respond }) => {
    await ack({ response_type: "ephemeral", text: "👀" });
    const { trigger_id, channel_id, user_id } = command;
    const name = command.command.slice(1);
    const line = typedText(name === "rally" ? command.text : `${name} ${command.text}`);
    const where = { id: `command:${trigger_id}`, channel: channel_id, user: user_id };
    await hear(
      incomingOf(
        client,
        { ...where, thread: null, seen: null, trigger: trigger_id },
        { line },
        responding(respond),
      ),
    );
  });
}

/** For the asker alone, by the address that Slack gives with a command or a press. */
function responding(respond: RespondFn): (message: Message) => Promise<void> {
  return async (message) => {
    await respond({ ...slackMessage(message), response_type: "ephemeral", replace_original: false });
  };
}

function mentions(app: App, hear: Hears["hear"]): void {
  app.event("app_mention", async ({ event, client }) => {
    const { user, text, bot_id } = event;
    // What other apps say is said by nobody.
    if (!user || bot_id) return;
    const line = typedText(text.replace(/^\s*<@[A-Z0-9]+(\|[^>]*)?>[:,]?\s*/, ""));
    await hear(incomingOf(client, placeOf(event, user), { line }));
  });
  app.message(async ({ message, client }) => {
    // In a channel only what is said to us by name; alone with us, everything.
    if (message.subtype !== undefined || message.channel_type !== "im" || message.bot_id) return;
    const { user, text } = message;
    if (!user || !text) return;
    await hear(incomingOf(client, placeOf(message, user), { line: typedText(text) }));
  });
}

function placeOf(
  said: { readonly ts: string; readonly channel: string; readonly thread_ts?: string | undefined },
  user: string,
): Where {
  const { ts, channel, thread_ts: thread = null } = said;
  return { id: `${channel}:${ts}`, channel, user, thread, seen: ts, trigger: null };
}

function buttons(app: App, hear: Hears["hear"]): void {
  app.action(/^offer:\d+$/, async ({ ack, body, action, client, respond }) => {
    await ack();
    if (body.type !== "block_actions" || action.type !== "button") return;
    const channel = body.channel?.id ?? "";
    const { container } = body;
    const message: string = body.message?.ts ?? container.message_ts ?? "";
    // Under what one person alone was shown nothing can be said; then it is said where that was.
    const thread: string | null = container.thread_ts ?? body.message?.thread_ts ?? body.message?.ts ?? null;
    const where = {
      ...{ channel, user: body.user.id, thread },
      id: `action:${body.trigger_id}`,
      ...{ seen: null, trigger: body.trigger_id },
    };
    const said = { press: action.value ?? "", message, text: null };
    await hear(incomingOf(client, where, said, responding(respond)));
  });
}

function texts(app: App, hear: Hears["hear"]): void {
  app.view(TEXT_VIEW, async ({ ack, view, body, client }) => {
    await ack();
    const { offer, channel, thread } = viewData(view.private_metadata);
    const text = view.state.values.text?.text?.value ?? "";
    const where = { channel, user: body.user.id, thread, seen: null, trigger: null };
    const said = { press: offer, message: "", text };
    await hear(incomingOf(client, { ...where, id: `view:${view.id}:${view.hash}` }, said));
  });
}
