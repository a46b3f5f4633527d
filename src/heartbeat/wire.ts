import type { Announcement } from "../domain/announce.ts";

/**
 * A way to tell people: the desktop, a chat. It is handed what the announcer computed; what it throws is a failure
 * that is tried again.
 */
export interface Wire {
  /** The name of its room in the journal's cursors; a wire with many rooms has one name each. */
  readonly room: string;
  /** Gives what the other side answered, for instance a message's id; `repeated` where it may have been sent before. */
  deliver(told: Announcement, repeated: boolean): Promise<string | null>;
}
