import type { SocketModeReceiver } from "@slack/bolt";

type Client = SocketModeReceiver["client"];

export type Connection = {
  /** Connects, and again whenever the connection ends, until it is stopped. Resolves with the first connection. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * Keeps the socket open. The client's own reconnecting gives up, by a rejection that nobody hears, when Slack cannot
 * be reached at that moment; so it is switched off, and this does it.
 */
export function connection(client: Client, failed: (error: unknown) => void): Connection {
  let stopped = false;
  let connecting: Promise<void> | null = null;
  const connect = async () => {
    for (let wait = FIRST_MS; !stopped; wait = Math.min(wait * 2, MOST_MS)) {
      try {
        await client.start();
        return;
      } catch (error) {
        if (!stopped) failed(error);
        await Bun.sleep(wait);
      }
    }
  };
  const again = (): Promise<void> => {
    connecting ??= connect().finally(() => {
      connecting = null;
    });
    return connecting;
  };
  client.on("disconnected", () => {
    if (!stopped) again().catch(failed);
  });
  return {
    start: again,
    stop: async () => {
      stopped = true;
      await client.disconnect().catch(() => undefined);
    },
  };
}
