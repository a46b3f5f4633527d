import { type Reply, said } from "../app/reply.ts";
import { version } from "../../package.json";

export function versionReply(): Reply {
  return said(`rally ${version}`, { version, bun: Bun.version });
}
