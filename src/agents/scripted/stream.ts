const SSE = { "content-type": "text/event-stream", "cache-control": "no-cache" } as const;

export type Events = {
  /** One server-sent event; strings go as they are. */
  send(data: unknown, name?: string): void;
};

/** A stream of server-sent events, closed when `write` is done. */
export function events(write: (out: Events) => Promise<void> | void): Response {
  const encoder = new TextEncoder();
  let open = true;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      await write({
        send(data, name) {
          if (!open) return;
          const text = typeof data === "string" ? data : JSON.stringify(data);
          controller.enqueue(encoder.encode(`${name ? `event: ${name}\n` : ""}data: ${text}\n\n`));
        },
      });
      if (open) controller.close();
    },
    cancel() {
      open = false;
    },
  });
  return new Response(body, { headers: SSE });
}

/** A connection that stays open and says nothing, until the agent gives it up. */
export function silence(): Response {
  return new Response(new ReadableStream({ start: () => undefined }), { headers: SSE });
}

/** The text in a few pieces, as a model streams it. */
export function pieces(text: string): readonly string[] {
  const size = Math.max(1, Math.ceil(text.length / 3));
  const found = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g"));
  return found ?? [""];
}
