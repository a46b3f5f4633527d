import type { Time } from "../domain/words.ts";
import type { Store } from "./open.ts";
import { getSetting, setSetting } from "./settings.ts";
import { statement } from "./statements.ts";
import { transaction } from "./transaction.ts";

/** A project's topic in a group that has topics, or why it has none. */
export type Topic = {
  readonly room: string;
  readonly projectId: number;
  /** The topic's own room; null where none could be made. */
  readonly topic: string | null;
  /** How often one was made: people may delete it. */
  readonly made: number;
  readonly error: string | null;
  readonly at: Time;
};

const KEY = "chat_topic:";
const OWNER = "chat_topic_of:";

export function topicOf(store: Store, room: string, projectId: number): Topic | null {
  const kept = getSetting(store, `${KEY}${room}:${projectId}`);
  return kept === null ? null : (JSON.parse(kept) as Topic);
}

export function keepTopic(store: Store, topic: Topic): void {
  transaction(store, "chat topic", () => {
    setSetting(store, `${KEY}${topic.room}:${topic.projectId}`, JSON.stringify(topic));
    if (topic.topic === null) return;
    const { room, projectId } = topic;
    setSetting(store, `${OWNER}${topic.topic}`, JSON.stringify({ room, projectId }));
  });
}

/** The group and the project of a topic that Rally made; null for any other room. */
export function topicOwner(store: Store, room: string): Pick<Topic, "room" | "projectId"> | null {
  const kept = getSetting(store, `${OWNER}${room}`);
  return kept === null ? null : (JSON.parse(kept) as Pick<Topic, "room" | "projectId">);
}

/** Of one platform, the topics that could not be made. */
export function refusedTopics(store: Store, platform: string): Topic[] {
  return statement<{ value: string }>(store, "SELECT value FROM settings WHERE key GLOB ? ORDER BY key")
    .all(`${KEY}${platform}:*`)
    .map(({ value }) => JSON.parse(value) as Topic)
    .filter(({ topic }) => topic === null);
}
