import { entriesSince, newest } from "../app/page-data.ts";
import type { World } from "../world.ts";
import { headersOf } from "./answer.ts";

export type Streams = {
  /** Null where there are too many readers. */
  open(cursor: number | null): Response | null;
  readonly count: number;
  stop(): void;
};

export type StreamLimits = {
  readonly most: number;
  readonly maxAgeMs: number;
  readonly pingMs: number;
  readonly lookMs: number;
};

export const STREAM_LIMITS: StreamLimits = { most: 256, maxAgeMs: 600_000, pingMs: 15_000, lookMs: 200 };

/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;
const BATCH = 100;

type Reader = {
  cursor: number;
  /** The heartbeat's look that it was told of. */
  beat: number | null | undefined;
  readonly openedAt: number;
  spokenAt: number;
  /** Goes on where it waits for news. */
  wake: (() => void) | null;
  close: () => void;
};

/**
 * The journal as server-sent events: `journal`, each with its id, past the reader's cursor; `beat` when the heartbeat
 * has looked. Each reader is read for at its own pace: nothing is piled up for a slow one, which is only further behind.
 */
export function eventStreams(world: World, limits: StreamLimits = STREAM_LIMITS): Streams {
  const readers = new Set<Reader>();
  let timer: ReturnType<typeof setInterval> | null = null;
  let last = newest(world);
  /** What cannot be read now is read when they come back. */
  const failed = (error: unknown) => {
    world.log.error("page.events", { message: error instanceof Error ? error.message : String(error) });
    for (const reader of [...readers]) reader.close();
  };
  const look = () => {
    try {
      const now = world.now();
      const next = newest(world);
      const news = next.journalId !== last.journalId || next.lastFastAt !== last.lastFastAt;
      last = next;
      for (const reader of [...readers]) {
        if (Math.abs(now - reader.openedAt) > limits.maxAgeMs) reader.close();
        else if (news || Math.abs(now - reader.spokenAt) > limits.pingMs) reader.wake?.();
      }
    } catch (error) {
      failed(error);
    }
  };
  const leave = (reader: Reader) => {
    readers.delete(reader);
    reader.wake?.();
    if (readers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  return {
    open: (cursor) => {
      if (readers.size >= limits.most) return null;
      if (readers.size === 0) last = newest(world);
      const now = world.now();
      const reader: Reader = {
        cursor: cursor ?? last.journalId,
        beat: undefined,
        openedAt: now,
        spokenAt: now,
        wake: null,
        close: () => undefined,
      };
      readers.add(reader);
      timer ??= setInterval(look, limits.lookMs);
      const gone = () => !readers.has(reader);
      const body = source(world, reader, { gone, leave: () => leave(reader), failed });
      return new Response(body, { headers: headersOf("text/event-stream; charset=utf-8") });
    },
    get count() {
      return readers.size;
    },
    stop: () => {
      for (const reader of [...readers]) reader.close();
    },
  };
}

function source(
  world: World,
  reader: Reader,
  at: {
    readonly gone: () => boolean;
    readonly leave: () => void;
    readonly failed: (error: unknown) => void;
  },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      reader.close = () => {
        if (at.gone()) return;
        at.leave();
        controller.close();
      };
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
    },
    pull: (controller) =>
      tellNext(world, reader, at.gone, (text) => controller.enqueue(encoder.encode(text))).catch(at.failed),
    cancel: at.leave,
  });
}

/** Waits where there is nothing to tell, and is told nothing more when it is gone. */
async function tellNext(
  world: World,
  reader: Reader,
  gone: () => boolean,
  tell: (text: string) => void,
): Promise<void> {
  for (let text = news(world, reader); ; text = news(world, reader) ?? ": still here\n\n") {
    if (text !== null) {
      reader.spokenAt = world.now();
      tell(text);
      return;
    }
    await new Promise<void>((resolve) => {
      reader.wake = resolve;
    });
    reader.wake = null;
    if (gone()) return;
  }
}

/** What the reader does not know yet; null where it knows all. */
function news(world: World, reader: Reader): string | null {
  const { journalId, lastFastAt } = newest(world);
  let text = "";
  if (reader.beat !== lastFastAt) {
    reader.beat = lastFastAt;
    const at = lastFastAt === null ? null : new Date(lastFastAt).toISOString();
    text += `event: beat\ndata: ${JSON.stringify({ last_fast_at: at, journal: journalId })}\n\n`;
  }
  if (journalId > reader.cursor) {
    for (const entry of entriesSince(world, reader.cursor, BATCH)) {
      text += `id: ${entry.id}\nevent: journal\ndata: ${JSON.stringify(entry)}\n\n`;
      reader.cursor = entry.id;
    }
  }
  return text === "" ? null : text;
}
