import { arg } from "../domain/grammar-parsed.ts";
import { shown } from "../domain/group.ts";
import { pageLink } from "../domain/page-link.ts";
import { dispatchView } from "../store/snapshot.ts";
import { configurationTold } from "../store/told.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { findDispatch } from "./find.ts";
import { type Reply, tone } from "./reply.ts";
import { showReply } from "./show-lines.ts";
import { limits } from "./status.ts";

/** `rally show <d>`: all about one, with what git says of it now. */
export async function show(world: World, call: Call): Promise<Reply> {
  await world.observe();
  const view = findDispatch(world, call, arg(call.parsed, "d") ?? "");
  const { lookAt } = await import("./look-at.ts");
  await lookAt(world, view);
  const link = pageLink(world.config.web.baseUrl, view.id);
  const configured = configurationTold(world.store, view.id);
  return showReply(
    shown(dispatchView(world.store, view.id) ?? view, world.now(), limits(world)),
    world.now(),
    [
      ...(configured === null ? [] : ["", [tone(configured, "warn")]]),
      ...(link === null ? [] : ["", [tone(link, "accent")]]),
    ],
  );
}
