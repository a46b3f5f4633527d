import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { Problem } from "../domain/problem.ts";

/** The team's own words for a review (`review.template`); null for the built-in ones. Throws `config`. */
export function reviewTemplate(config: Config): string | null {
  const path = config.review.template;
  if (path === null) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Problem("config", `The review template ${path} cannot be read.`, {
      cause,
      hint: "rally config get review.template",
    });
  }
}
