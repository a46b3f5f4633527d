import type { ChatPeople } from "../src/config.ts";
import type { Role } from "../src/domain/command.ts";
import { accountsOf, personOf } from "../src/store/chat-people.ts";
import { record } from "../src/store/record.ts";
import type { World } from "../src/world.ts";
import type { Bot } from "./bot.ts";

const RANKS: readonly Role[] = ["viewer", "operator", "admin"];

/** By the account's id on the allow-lists alone, as they are now. An empty list means nobody. */
export function roleFor(bot: Asked, account: string): Role | null {
  const lists = listsOf(bot);
  if (lists === null) return null;
  if (lists.admins.includes(account)) return "admin";
  if (lists.operators.includes(account)) return "operator";
  return lists.viewers.includes(account) ? "viewer" : null;
}

/** All accounts on a platform's lists. */
export function peopleOf(bot: Asked): readonly string[] {
  const { viewers = [], operators = [], admins = [] } = listsOf(bot) ?? {};
  return [...new Set([...viewers, ...operators, ...admins])];
}

type Asked = Pick<Bot, "rules" | "platform">;

function listsOf({ rules, platform }: Asked): ChatPeople | null {
  const chat = rules();
  return chat && (platform.name === "slack" ? chat.slack : chat.telegram);
}

export function whomToAsk({ rules, world }: Bot): string {
  return (rules() ?? world.config.chat).ask ?? "whoever runs Rally here";
}

export function mayDo(role: Role, needed: Role): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}

/** The person that an account was linked to at the desk, else the account itself (invariant 35). */
export function actorFor(world: World, platform: string, account: string): string {
  return personOf(world.store, platform, account) ?? `${platform}:${account}`;
}

/** The accounts on a platform of whoever did something; empty where they have none there. */
export function accountsFor(world: World, platform: string, actor: string): readonly string[] {
  const own = actor.startsWith(`${platform}:`) ? [actor.slice(platform.length + 1)] : [];
  return [...new Set([...own, ...accountsOf(world.store, platform, actor)])];
}

/** `cli:ana` → `ana`; an account stays as it is. */
export function nameOf(actor: string): string {
  return actor.replace(/^(cli|tui):/, "");
}

/** What somebody was refused is in the journal, with who and where. */
export function noteRefusal(
  world: World,
  refused: {
    readonly actor: string;
    readonly room: string;
    readonly why: string;
    readonly dispatchId?: number | null;
  },
): void {
  record(world.store, { actor: refused.actor, at: world.now() }, [
    {
      layer: "refusal",
      event: "chat",
      why: world.redact(refused.why),
      dispatchId: refused.dispatchId ?? null,
      data: { room: refused.room },
    },
  ]);
}
