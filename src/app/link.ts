import { arg } from "../domain/grammar-parsed.ts";
import { newCode } from "../store/chat-people.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { type Reply, said, tone } from "./reply.ts";

/** Without letters and digits that look alike. */
const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const LENGTH = 10;

/** `rally link slack`: a code that is good once, by which whoever says it to the bot is known as who is at this desk. */
export async function link(world: World, call: Call): Promise<Reply> {
  const platform = arg(call.parsed, "platform") ?? "";
  const code = [...crypto.getRandomValues(new Uint8Array(LENGTH))]
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join("");
  const minutes = world.config.chat.linkMinutes;
  const expiresAt = world.now() + minutes * 60_000;
  newCode(world.store, { code, platform, person: call.actor, expiresAt });
  const line = platform === "slack" ? `/rally link ${code}` : `/link ${code}`;
  return said(
    [
      ["Say this to the bot, alone with it: ", tone(line, "accent")],
      `It is good once, for ${minutes} minutes. From then on your account there is ${call.actor}.`,
    ],
    { platform, code, line, person: call.actor, expires_at: new Date(expiresAt).toISOString() },
    { aside: [`It gives no rights: those are in chat.${platform}.viewers, operators and admins.`] },
  );
}
