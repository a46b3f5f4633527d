import { STILL_MS } from "../domain/attention.ts";
import { chatHealth } from "../store/chat-people.ts";
import { chatRoomsOf, followsOf, OFF_THE_LISTS, roomById } from "../store/chat-rooms.ts";
import { refusedTopics } from "../store/chat-topics.ts";
import { lease } from "../store/leases.ts";
import type { Store } from "../store/open.ts";
import { chatQueues, waitingFor } from "../store/queues.ts";
import { project } from "../store/read.ts";
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
    } else checks.push(...(await platform(patient, "slack", [slack.viewers, slack.operators, slack.admins])));
  }
  if (slack.botToken === null && slack.appToken === null) checks.push(...unheard(patient, "slack"));
  if (telegram.botToken === null) checks.push(...unheard(patient, "telegram"));
  else
    checks.push(
      ...(await platform(patient, "telegram", [telegram.viewers, telegram.operators, telegram.admins])),
    );
  return checks;
}

/** Its tokens were taken away while something waited: nobody sends that, and nobody gives it up. */
function unheard(patient: Patient, name: "slack" | "telegram"): Check[] {
  const store = storeOf(patient);
  const waiting = store ? waitingFor(store, name) : [];
  if (waiting.length === 0) return [];
  const count = waiting.reduce((sum, one) => sum + one.waiting, 0);
  const says = `${plural(count, "message")} ${count === 1 ? "waits" : "wait"} for it, and it has no token here.`;
  const ids = waiting.map(({ dispatchId }) => dispatchId).join(" ");
  const again = `rally config set chat.${name}.bot_token <token>, then rally up`;
  return [warn(name, says, `${again}; or let them go: rally clean ${ids}`)];
}

async function platform(
  patient: Patient,
  name: "slack" | "telegram",
  lists: readonly (readonly string[])[],
): Promise<Check[]> {
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
  const answered = await asked(patient, name);
  return [
    ...nobody,
    ...noIds(name, lists.flat()),
    ...answered,
    ...heard(patient, name, people),
    ...rooms(patient, name),
  ];
}

const IDS = { slack: /^[UW][A-Z0-9]+$/, telegram: /^\d+$/ } as const;

/** A name on a list looks as if somebody might do something, and nobody may. */
function noIds(name: "slack" | "telegram", people: readonly string[]): Check[] {
  const wrong = [...new Set(people)].filter((id) => !IDS[name].test(id));
  if (wrong.length === 0) return [];
  const says = `No account has the id ${wrong.join(", ")} there; its lists want ids, not names.`;
  return [warn(name, says, `docs/${name}.md, step 3`)];
}

/** Its tokens, and whether they may do what is needed. */
async function asked({ ask }: Patient, name: "slack" | "telegram"): Promise<Check[]> {
  const found = ask === null ? [] : await ask(name);
  return found.map(({ good, says, hint }) => (good ? ok(name, says) : bad(name, says, hint)));
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
  const gone = chatRoomsOf(store, name).flatMap((room) => {
    if (room.gone === null || room.gone === OFF_THE_LISTS) return [];
    if (followsOf(store, room.id).length === 0) return [];
    const says = `${room.title} (${room.id}) cannot be reached: ${room.gone}`;
    return [warn(name, says, "invite the bot again, and say something to it")];
  });
  return [...gone, ...withoutTopic(store, name), ...standing(patient, store, name)];
}

/** Projects that are told in the general topic of a group, because they could be given none of their own. */
function withoutTopic(store: Store, name: string): Check[] {
  return refusedTopics(store, name).flatMap(({ room, projectId, error }) => {
    const [chat, owner] = [roomById(store, room), project(store, projectId)];
    if (!chat || chat.gone !== null || !owner || error === null) return [];
    const says = `${owner.repo ?? owner.name} has no topic in ${chat.title} (${room}), and is told in the general one: ${error}`;
    return [warn(name, says, "make the bot an admin of the group that may manage topics")];
  });
}

/** Chats that were to be told something, and nothing has left for a minute. */
function standing(patient: Patient, store: Store, name: string): Check[] {
  const now = patient.now();
  const still = chatQueues(store).filter((one) => one.platform === name && now - one.since >= STILL_MS);
  const hint = isRun(patient, name) ? "rally chat test" : "rally up";
  return still.map(({ room, title, waiting, since, error }) => {
    const many = waiting === 1 ? "1 message to" : `${waiting} messages to`;
    const verb = waiting === 1 ? "waits" : "wait";
    const why = error === "" ? "" : `: ${error}`;
    return warn(
      name,
      `${many} ${title} (${room}) ${verb}; nothing has left for ${ago(since, now)}${why}`,
      hint,
    );
  });
}
