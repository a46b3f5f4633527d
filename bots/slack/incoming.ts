import type { webApi } from "@slack/bolt";
import { Problem } from "../../src/domain/problem.ts";
import type { Incoming, Message } from "../platform.ts";
import { saying, undelivered } from "./failure.ts";
import { slackMessage } from "./format.ts";

export type Where = {
  readonly id: string;
  readonly channel: string;
  readonly user: string;
  readonly thread: string | null;
  /** The message to mark as seen. */
  readonly seen: string | null;
  readonly trigger: string | null;
};

type Whisper = (message: Message) => Promise<void>;

/** What came in, with the ways to answer it. */
export function incomingOf(
  client: webApi.WebClient,
  where: Where,
  said: Incoming["said"],
  whisper: Whisper | null = null,
): Incoming {
  const { id, channel, user, thread } = where;
  return {
    ...{ id, thread, said },
    chat: channel,
    alone: channel.startsWith("D"),
    title: channel.startsWith("D") ? "private" : channel,
    account: user,
    answer: {
      receipt: async () => {
        if (where.seen === null) return;
        await client.reactions.add({ channel, timestamp: where.seen, name: "eyes" }).catch(() => undefined);
      },
      say: (message) => posted(client, channel, thread, message),
      whisper: async (message) => {
        if (whisper) await whisper(message);
        else await ephemeral(client, where, message);
        return null;
      },
      prompt: async (question, offer) => {
        const trigger = where.trigger ?? "";
        await client.views
          .open({ trigger_id: trigger, view: modal(question, offer, where) })
          .catch((cause: unknown) => {
            throw new Problem("conflict", `${saying(cause)} The question was not opened.`, {
              hint: "press it again, or say the line and the words",
              cause,
            });
          });
        return null;
      },
    },
  };
}

async function posted(
  client: webApi.WebClient,
  channel: string,
  thread: string | null,
  message: Message,
): Promise<string | null> {
  try {
    const sent = await client.chat.postMessage({
      ...slackMessage(message),
      ...{ channel, unfurl_links: false, unfurl_media: false },
      ...(thread === null ? {} : { thread_ts: thread }),
    });
    return sent.ts ?? null;
  } catch (error) {
    throw undelivered(error);
  }
}

async function ephemeral(client: webApi.WebClient, where: Where, message: Message): Promise<void> {
  const { channel, user, thread } = where;
  try {
    await client.chat.postEphemeral({
      ...slackMessage(message),
      ...{ channel, user },
      ...(thread === null ? {} : { thread_ts: thread }),
    });
  } catch (error) {
    throw undelivered(error);
  }
}

export const TEXT_VIEW = "rally_text";

/** Where the answer of a modal goes: who was asked, and for which offer, is in the store. */
export function viewData(text: string): {
  readonly offer: string;
  readonly channel: string;
  readonly thread: string | null;
} {
  return JSON.parse(text);
}

function modal(question: string, offer: string, { channel, thread }: Where) {
  return {
    type: "modal" as const,
    callback_id: TEXT_VIEW,
    private_metadata: JSON.stringify({ offer, channel, thread }),
    title: { type: "plain_text" as const, text: "Rally" },
    submit: { type: "plain_text" as const, text: "Send" },
    blocks: [
      {
        type: "input" as const,
        block_id: "text",
        label: { type: "plain_text" as const, text: question.slice(0, 1900) },
        element: { type: "plain_text_input" as const, action_id: "text", multiline: true },
      },
    ],
  };
}

/** As it was typed: Slack writes `&amp;`, `<https://…|…>` and `<#C1|name>`. */
export function typedText(text: string): string {
  return text
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .trim();
}
