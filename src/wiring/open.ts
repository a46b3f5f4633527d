import { join } from "node:path";
import type { Call } from "../app/call.ts";
import { type Reply, said } from "../app/reply.ts";
import { Problem } from "../domain/problem.ts";
import { onPath } from "../process/path.ts";
import { spawnQuietly } from "../process/quiet.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import type { World } from "../world.ts";
import { pageServedBy } from "./page.ts";

/** `rally open`: the status page in a browser; where no browser is to be had, its address. Throws `missing`. */
export async function openCommand(world: World, _call: Call): Promise<Reply> {
  const held = heartbeatHolder(world);
  if (!held)
    throw new Problem("missing", "Nobody watches, so nobody serves the status page.", {
      hint: "rally up --detach",
    });
  const local = pageServedBy(world, held.pid);
  if (local === null)
    throw new Problem("missing", `The heartbeat (process ${held.pid}) serves no status page.`, {
      hint: "rally down, then rally up",
    });
  const { baseUrl, token } = world.config.web;
  const url = baseUrl === null ? local : `${baseUrl}/`;
  const browser = browserOf(world);
  if (browser !== null)
    spawnQuietly([browser, url], {
      cwd: "/",
      env: world.config.env.all,
      log: join(world.config.home, "up.log"),
    });
  // The token is on no command line: the page asks for it.
  const aside = token === null ? [] : ["The page asks for web.token once."];
  return said(url, { url, opened: browser !== null }, { aside });
}

/** On a machine without a screen there is nothing to open it with. */
function browserOf(world: World): string | null {
  const { path, all } = world.config.env;
  const mac = process.platform === "darwin" ? onPath("open", path) : null;
  const screen = all.DISPLAY || all.WAYLAND_DISPLAY || all.WSL_DISTRO_NAME;
  return mac ?? (screen ? onPath("xdg-open", path) : null);
}
