import { Problem } from "../domain/problem.ts";
import type { Reply } from "./reply.ts";

export async function attach(): Promise<Reply> {
  throw new Problem("other", "Attaching comes next.");
}
