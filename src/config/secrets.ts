import type { Config } from "../config.ts";

/** The configured values that no sink may show, for `redact`. */
export function secretsOf(config: Config): string[] {
  const named = Object.entries(config.env.all)
    .filter(([name]) => /(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$/i.test(name))
    .map(([, value]) => value);
  const { slack, telegram } = config.chat;
  const own = [
    ...[config.github.token, config.web.token],
    ...[slack.botToken, slack.appToken, telegram.botToken],
  ].filter((value) => value !== null);
  return [...new Set([...own, ...named])].filter((value) => value.length >= 8);
}
