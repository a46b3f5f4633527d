import { arg, on } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { linkedAccounts, newCode, unlink } from "../store/chat-people.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { type Reply, said, tone } from "./reply.ts";

/** Without letters and digits that look alike. */
const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const LENGTH = 10;

/** `rally link [slack] [--remove]`: who is known in a chat as who is at a desk, and the way in and out. */
export async function link(world: World, call: Call): Promise<Reply> {
  const platform = arg(call.parsed, "platform");
  const removes = on(call.parsed, "remove");
  if (platform !== null)
    return removes ? removed(world, call.actor, platform) : begun(world, call.actor, platform);
  if (removes)
    throw new Problem("usage", "Your accounts on which platform?", { hint: "rally link slack --remove" });
  return listed(world);
}

function listed(world: World): Reply {
  const accounts = linkedAccounts(world.store).map(({ at, ...one }) => ({
    ...one,
    at: new Date(at).toISOString(),
  }));
  const lines = accounts.map(({ platform, account, person }) => `${platform}:${account} is ${person}`);
  return said(lines.length > 0 ? lines : ["No account of a chat is linked to anybody."], { accounts });
}

function removed(world: World, person: string, platform: string): Reply {
  const accounts = unlink(world.store, platform, person);
  const names = accounts.map((account) => `${platform}:${account}`).join(", ");
  const text = names === "" ? `No account on ${platform} was yours.` : `${names} is no longer ${person}.`;
  const aside = [`What an account may do is in chat.${platform}.viewers, operators and admins.`];
  return said(text, { platform, person, removed: accounts }, { aside });
}

/** A code that is good once, by which whoever says it to the bot is known as who is at this desk. */
function begun(world: World, person: string, platform: string): Reply {
  const code = [...crypto.getRandomValues(new Uint8Array(LENGTH))]
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join("");
  const minutes = world.config.chat.linkMinutes;
  const expiresAt = world.now() + minutes * 60_000;
  newCode(world.store, { code, platform, person, expiresAt });
  const line = platform === "slack" ? `/rally link ${code}` : `/link ${code}`;
  return said(
    [
      ["Say this to the bot, alone with it: ", tone(line, "accent")],
      `It is good once, for ${minutes} minutes. From then on your account there is ${person}.`,
    ],
    { platform, code, line, person, expires_at: new Date(expiresAt).toISOString() },
    { aside: [`It gives no rights: those are in chat.${platform}.viewers, operators and admins.`] },
  );
}
