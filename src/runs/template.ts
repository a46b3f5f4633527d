import { readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { Config } from "../config.ts";
import { Problem } from "../domain/problem.ts";

/** The team's own words for a review, from a file below Rally's home; null for the built-in ones. */
export function reviewTemplate(config: Config): string | null {
  const { template } = config.review;
  if (template === null) return null;
  const path = join(config.home, template);
  const inside = relative(config.home, path);
  if (isAbsolute(template) || inside.startsWith(".."))
    throw new Problem("config", `review.template must be a path below ${config.home}, but is ${template}.`, {
      hint: "rally config set review.template review.md",
    });
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Problem("config", `The review template ${path} cannot be read.`, { cause, hint: "rally config get review.template" });
  }
}
