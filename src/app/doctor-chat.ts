import { chatHealth } from "../store/chat-people.ts";
import { chatRoomsOf, followsOf } from "../store/chat-rooms.ts";
import { lease } from "../store/leases.ts";
import { ago, plural } from "./ago.ts";
import { bad, type Check, ok, type Patient, storeOf, warn } from "./doctor-check.ts";

/** The chat platforms that are set up: tokens, who may, when something was heard last, and rooms out of reach. */
export async function checkChat(patient: Patient): Promise<readonly Check[]> {
  const { slack, telegram } = patient.config.chat;
  const checks: Check[] = [];
  if (slack.botToken !== null || slack.appToken !== null) {
    if (slack.botToken === null || slack.appToken === null) {
      const missing = slack.botToken === null ? "bot_token" : "app_token";
      checks.push(bad("slack", `chat.slack.${missing} is missing.`, "docs/slack.md, step 2"));
    } else checks.push(...platform(patient, "slack", [slack.viewers, slack.operators, slack.admins]));
  }
  if (telegram.botToken !== null)
    checks.push(...platform(patient, "telegram", [telegram.viewers, telegram.operators, telegram.admins]));
  return checks;
}

function platform(
  patient: Patient,
  name: "slack" | "telegram",
  lists: readonly (readonly string[])[],
): Check[] {
  const people = lists.flat().length;
  const nobody =
    people > 0
      ? []
      : [
          warn(
            name,
            "Nobody may do anything: all its lists are empty.",
            `rally config set chat.${name}.operators <your id>`,
          ),
        ];
  return [...nobody, ...heard(patient, name, people), ...rooms(patient, name)];
}

function heard(patient: Patient, name: string, people: number): Check[] {
  const store = storeOf(patient);
  const health = store ? chatHealth(store, name) : null;
  if (!health) return [warn(name, "It has a token and was never run.", "rally up")];
  const now = patient.now();
  if (health.error !== null)
    return [bad(name, `${health.error} (${ago(health.errorAt ?? now, now)} ago)`, `docs/${name}.md`)];
  const silentMs = now - (health.goodAt ?? now);
  // Telegram answers every poll within half a minute; Slack speaks only when somebody does.
  if (name === "telegram" && silentMs > SILENT_MS && isRun(patient, name))
    return [
      bad(
        name,
        `Nothing was heard of Telegram for ${ago(now - silentMs, now)}.`,
        "rally down, then rally up",
      ),
    ];
  const event = health.eventAt === null ? "no event yet" : `last event ${ago(health.eventAt, now)} ago`;
  return [
    ok(
      name,
      `${event}, answered ${ago(health.goodAt ?? now, now)} ago; ${plural(people, "person", "people")} may use it`,
    ),
  ];
}

const SILENT_MS = 120_000;

function isRun(patient: Patient, name: string): boolean {
  const store = storeOf(patient);
  const held = store ? lease(store, `chat:${name}`) : null;
  return held !== null && held.until > patient.now();
}

function rooms(patient: Patient, name: string): Check[] {
  const store = storeOf(patient);
  if (!store) return [];
  return chatRoomsOf(store, name).flatMap((room) => {
    const follows = followsOf(store, room.id).length;
    if (room.gone === null || follows === 0) return [];
    return [
      warn(
        name,
        `${room.title} (${room.id}) cannot be reached: ${room.gone}`,
        "invite the bot again, and say something to it",
      ),
    ];
  });
}
