import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Conversations that were ever spoken in. Their id is `slack:C1`, `telegram:-100123`. */
export const chatRooms = sqliteTable("chat_rooms", {
  id: text().primaryKey(),
  platform: text().notNull(),
  chat: text().notNull(),
  title: text().notNull(),
  /** Why nothing can be sent there any more; null while it can. */
  gone: text(),
  createdAt: integer("created_at").notNull(),
});

/** What a room hears of: a project's dispatches, or one; the other is 0. */
export const chatFollows = sqliteTable(
  "chat_follows",
  {
    room: text().notNull(),
    projectId: integer("project_id").notNull().default(0),
    dispatchId: integer("dispatch_id").notNull().default(0),
    by: text().notNull(),
    at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.room, t.projectId, t.dispatchId] })],
);

/** Messages of ours that may have to be edited: cards, announcements, replies with buttons. */
export const chatMessages = sqliteTable(
  "chat_messages",
  {
    room: text().notNull(),
    message: text().notNull(),
    kind: text().$type<"card" | "announcement" | "reply">().notNull(),
    dispatchId: integer("dispatch_id"),
    /** The thread that it stands in; null for the room itself. */
    thread: text(),
    /** JSON of what it shows, its buttons as lines. */
    body: text().notNull(),
    /** How the dispatch stood when it was sent: when that changes, its buttons go. */
    stand: text(),
    /** 1: it shows buttons or will change. */
    live: integer({ mode: "boolean" }).notNull(),
    /** A button of it was used up, so that it wants fresh ones. */
    stale: integer({ mode: "boolean" }).notNull().default(false),
    at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.room, t.message] }),
    index("chat_messages_live").on(t.live),
    index("chat_messages_dispatch").on(t.dispatchId),
  ],
);

/** One button: a line that may be said once, by who may, in its room and message, until it expires. */
export const chatOffers = sqliteTable(
  "chat_offers",
  {
    id: text().primaryKey(),
    room: text().notNull(),
    /** Null until the message is there; then a press anywhere else is refused. */
    message: text(),
    dispatchId: integer("dispatch_id"),
    line: text().notNull(),
    label: text().notNull(),
    role: text().$type<"viewer" | "operator" | "admin">().notNull(),
    /** The dispatch's head commit when it was made, for what approves the work. */
    head: text(),
    takesText: integer("takes_text", { mode: "boolean" }).notNull().default(false),
    /** Only this account may use it: whoever was asked for a text. */
    account: text(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    usedAt: integer("used_at"),
    usedBy: text("used_by"),
  },
  (t) => [index("chat_offers_message").on(t.room, t.message)],
);

/** What came in, by the platform's own id, written down before it is acted on. */
export const chatUpdates = sqliteTable(
  "chat_updates",
  {
    platform: text().notNull(),
    id: text().notNull(),
    at: integer().notNull(),
    room: text().notNull(),
    account: text().notNull(),
    text: text().notNull(),
    doneAt: integer("done_at"),
  },
  (t) => [primaryKey({ columns: [t.platform, t.id] })],
);

/** An account of a platform that is a person's, who said so with a code from the desk. */
export const chatAccounts = sqliteTable(
  "chat_accounts",
  {
    platform: text().notNull(),
    account: text().notNull(),
    person: text().notNull(),
    at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.account] })],
);

export const chatCodes = sqliteTable("chat_codes", {
  /** SHA-256 of the code. */
  hash: text().primaryKey(),
  platform: text().notNull(),
  person: text().notNull(),
  expiresAt: integer("expires_at").notNull(),
});
