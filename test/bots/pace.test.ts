import { describe, expect, test } from "bun:test";
import { newPace } from "../../bots/pace.ts";
import { slack } from "../../bots/slack/slack.ts";
import { telegram } from "../../bots/telegram/telegram.ts";
import { memory } from "./memory.ts";

const MINUTE_MS = 60_000;
const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const common = { apiUrl: null, apiRoot: null, log, say: () => undefined, heard: () => undefined };

/** When each of so many messages may leave that are all there from the beginning. */
function times(
  limits: ReturnType<typeof memory>["pace"],
  chat: string,
  count: number,
  edits = false,
): number[] {
  const pace = newPace(limits);
  let now = MINUTE_MS;
  return Array.from({ length: count }, () => {
    now = Math.max(now, edits ? pace.nextEdit(chat) : pace.next(chat));
    pace.sent(chat, now);
    return now;
  });
}

const most = (all: readonly number[]) =>
  Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + MINUTE_MS).length));
const apart = (all: readonly number[]) => Math.min(...all.slice(1).map((at, n) => at - (all[n] ?? 0)));

describe("what a platform takes in one chat is kept to", () => {
  const inSlack = slack({ ...common, botToken: "xoxb-1", appToken: "xapp-1" }).pace;
  const inTelegram = telegram({ ...common, token: "1:x" }).pace;
  for (const [name, limits, chat, aMinute] of [
    ["Slack, about one a second in a channel", inSlack, "C1", 60],
    ["Telegram, one a second in a chat", inTelegram, "7", 60],
    ["Telegram, twenty a minute in a group", inTelegram, "-100123", 20],
  ] as const)
    test(name, () => {
      const all = times(limits, chat, 100);
      expect(apart(all)).toBeGreaterThanOrEqual(1000);
      expect(most(all)).toBeLessThanOrEqual(aMinute);
      expect(most(all)).toBeGreaterThan(aMinute * 0.7);
      const edits = times(limits, chat, 100, true);
      expect(most(edits)).toBeLessThanOrEqual(aMinute / 2);
    });

  test("a group's topics are counted together, other chats apart", () => {
    const pace = newPace(inTelegram);
    pace.sent("-100123/5", MINUTE_MS);
    expect(pace.next("-100123/6")).toBeGreaterThan(MINUTE_MS);
    expect(pace.next("-100124")).toBeLessThanOrEqual(MINUTE_MS);
  });
});

test("where the platform says to wait, that is waited, and no other chat", () => {
  const pace = newPace(memory().pace);
  pace.wait("C1", 5 * MINUTE_MS);
  expect([pace.next("C1"), pace.nextEdit("C1"), pace.next("C2")]).toEqual([5 * MINUTE_MS, 5 * MINUTE_MS, 0]);
});
