import type { SocketModeReceiver } from "@slack/bolt";
import { insist } from "../insist.ts";

type Client = SocketModeReceiver["client"];

const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * Connects, and again whenever the connection ends, until it is stopped; resolves with the first connection. The client's
 * own reconnecting gives up, by a rejection that nobody hears, when Slack cannot be reached at that moment; so it is
 * switched off, and this does it.
 */
export async function keepConnected(
  client: Client,
  how: {
    readonly stop: AbortSignal;
    readonly failed: (error: unknown) => void;
    readonly connected: () => void;
  },
): Promise<void> {
  const { stop, failed, connected } = how;
  let connecting: Promise<void> | null = null;
  const connect = async () => {
    const done = await insist(() => client.start(), { firstMs: FIRST_MS, mostMs: MOST_MS, stop, failed });
    if (!done) return;
    connected();
    if (stop.aborted) await client.disconnect();
  };
  const again = (): Promise<void> => {
    connecting ??= connect().finally(() => {
      connecting = null;
    });
    return connecting;
  };
  client.on("disconnected", () => {
    if (!stop.aborted) again().catch(failed);
  });
  await again();
}
