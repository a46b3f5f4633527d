import type { Answered } from "../app/doctor-check.ts";
import { secretsOf } from "../config/secrets.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { redact } from "../redact.ts";
import { type PlatformName, platformOf } from "./bots.ts";

const ANSWERS_WITHIN_MS = 8_000;

/** For who only asks: nothing is said, and nothing of it is kept. */
export const UNHEARD = { say: () => undefined, heard: () => undefined };

/** Asks a platform whether its tokens are good and may do what is needed; one that says nothing is a finding, too. */
export function asking(config: Config, log: Log): (platform: PlatformName) => Promise<readonly Answered[]> {
  const secrets = secretsOf(config);
  return async (name) => {
    const platform = await platformOf(config, name, { log, ...UNHEARD });
    const { promise: late, resolve } = Promise.withResolvers<readonly Answered[]>();
    const timer = setTimeout(() => resolve([silent(name)]), ANSWERS_WITHIN_MS);
    try {
      const found = await Promise.race([platform.check(), late]);
      return found.map((one) => ({ ...one, says: redact(one.says, secrets) }));
    } finally {
      clearTimeout(timer);
    }
  };
}

function silent(name: PlatformName): Answered {
  return { good: false, says: `No answer within ${ANSWERS_WITHIN_MS / 1000} s.`, hint: `docs/${name}.md` };
}
