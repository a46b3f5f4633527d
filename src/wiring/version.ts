import { version } from "../../package.json";
import { type Reply, said } from "../app/reply.ts";

export function versionReply(): Reply {
  return said(`rally ${version}`, { version, bun: Bun.version });
}
