import type { Reply } from "../app/reply.ts";
import type { Config } from "../config.ts";
import type { Parsed } from "../domain/grammar.ts";
import { Problem } from "../domain/problem.ts";

export async function demoReply(_config: Config, _parsed: Parsed): Promise<Reply> {
  throw new Problem("other", "The demo comes next.");
}
