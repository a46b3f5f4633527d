import { join } from "node:path";
import { headsBelow } from "../git/here.ts";
import type { GitHub } from "../github/github.ts";
import { makeGitHub, memoryFolder } from "../github/pick.ts";
import { findToken } from "../github/token.ts";
import { run } from "../process.ts";
import { httpCache } from "../store/http-cache.ts";
import type { World } from "../world.ts";

/** GitHub of one host: its address and its token, found in the order that doctor tells. */
export async function makeHub(world: World, host: string): Promise<GitHub> {
  const { config, log, now } = world;
  const apiUrl = config.github.apiUrl ?? (host === "github.com" ? null : `https://${host}/api/v3`);
  const folder = memoryFolder(apiUrl);
  const found =
    folder === null
      ? await findToken({ token: config.github.token, env: config.env.all, host, run, cwd: config.env.home })
      : null;
  return makeGitHub({
    apiUrl,
    token: found?.token ?? null,
    cache: httpCache(world.store, now),
    now,
    timeoutMs: config.limits.githubSeconds * 1000,
    retries: true,
    log,
    headOf: folder === null ? null : headsBelow(join(folder, "git")),
  });
}
