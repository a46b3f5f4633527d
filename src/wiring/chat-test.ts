import { sentence } from "../../bots/content.ts";
import type { Call } from "../app/call.ts";
import { type Line, type Reply, tone } from "../app/reply.ts";
import { Problem } from "../domain/problem.ts";
import { chatRoomsOf, followsOf } from "../store/chat-rooms.ts";
import type { World } from "../world.ts";
import { UNHEARD } from "./ask-chat.ts";
import { configured, platformOf } from "./bots.ts";

/** `rally chat test`: asks each platform whether its token is good, and says something in every room that follows. */
export async function chatTest(world: World, call: Call): Promise<Reply> {
  const names = configured(world.config);
  if (names.length === 0)
    throw new Problem("config", "No chat platform has its tokens.", {
      hint: "docs/slack.md, docs/telegram.md",
    });
  const lines: Line[] = [];
  const rooms: { room: string; error: string | null }[] = [];
  const findings: { platform: string; good: boolean; says: string }[] = [];
  let good = true;
  for (const name of names) {
    call.progress(`asking ${name}`);
    const platform = await platformOf(world.config, name, { log: world.log, ...UNHEARD });
    for (const one of await platform.check()) {
      good &&= one.good;
      findings.push({ platform: name, good: one.good, says: world.redact(one.says) });
      lines.push(mark(one.good, `${name}: ${world.redact(one.says)}`));
      if (one.hint) lines.push([tone(`  → ${one.hint}`, "accent")]);
    }
    for (const room of chatRoomsOf(world.store, name)) {
      if (followsOf(world.store, room.id).length === 0) continue;
      const { parts } = sentence(`A test by ${call.actor}: Rally reaches this chat.`);
      const error = await platform
        .post(room.chat, { parts, buttons: [], mention: [] }, { thread: null, key: null, silent: false })
        .then(
          () => null,
          (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
        );
      good &&= error === null;
      rooms.push({ room: room.id, error: error === null ? null : world.redact(error) });
      lines.push(
        mark(error === null, `${room.id} ${room.title}${error === null ? "" : `: ${world.redact(error)}`}`),
      );
    }
  }
  if (rooms.length === 0) lines.push("No chat follows anything yet: say follow owner/repo in one.");
  return { text: lines, json: { ok: good, findings, rooms }, exit: good ? 0 : 1 };
}

function mark(good: boolean, text: string): Line {
  return [tone(good ? "✓ " : "✗ ", good ? "good" : "bad"), text];
}
