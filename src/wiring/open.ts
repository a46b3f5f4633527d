import { join } from "node:path";
import type { Call } from "../app/call.ts";
import { findDispatch } from "../app/find.ts";
import { type Reply, said } from "../app/reply.ts";
import { arg } from "../domain/grammar-parsed.ts";
import { pageLink } from "../domain/page-link.ts";
import { Problem } from "../domain/problem.ts";
import { onPath } from "../process/path.ts";
import { spawnQuietly } from "../process/quiet.ts";
import { heartbeatHolder } from "../runs/holder.ts";
import type { World } from "../world.ts";
import { pageServedBy } from "./page.ts";

/** `rally open [<d>]`: the status page in a browser; where no browser is to be had, its address. Throws `missing`. */
export async function openCommand(world: World, call: Call): Promise<Reply> {
  const word = arg(call.parsed, "d");
  const url = pageAddress(world, word === null ? null : findDispatch(world, call, word).id);
  const opened = browse(world, url);
  // The token is on no command line: the page asks for it.
  const aside = world.config.web.token === null ? [] : ["The page asks for web.token once."];
  return said(url, { url, opened }, { aside });
}

/** Where the status page is, or a dispatch's page there; links say `web.base_url` where it is set. Throws `missing`. */
export function pageAddress(world: World, dispatchId: number | null): string {
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
  const base = world.config.web.baseUrl ?? local.replace(/\/$/, "");
  return dispatchId === null ? `${base}/` : (pageLink(base, dispatchId) ?? `${base}/`);
}

/** Opens an address in the person's browser; false where there is none. */
export function browse(world: World, url: string): boolean {
  const browser = browserOf(world);
  if (browser === null || !/^https?:\/\//.test(url)) return false;
  const { env, home } = world.config;
  spawnQuietly([browser, url], { cwd: "/", env: env.all, log: join(home, "up.log") });
  return true;
}

/** On a machine without a screen there is nothing to open it with. */
function browserOf(world: World): string | null {
  const { path, all } = world.config.env;
  const mac = process.platform === "darwin" ? onPath("open", path) : null;
  const screen = all.DISPLAY || all.WAYLAND_DISPLAY || all.WSL_DISTRO_NAME;
  return mac ?? (screen ? onPath("xdg-open", path) : null);
}
