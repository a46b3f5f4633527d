import { ASK_TRUST, MODES, SANDBOXES } from "../domain/words.ts";
import {
  bool,
  ids,
  integer,
  oneOf,
  optionalText,
  optionalUrl,
  type Rule,
  secret,
  text,
  textMap,
  texts,
  webUrl,
} from "./rules.ts";

/** Every key of config.yaml but `agents`, with its default and what is allowed. A limit is one line here. */
export const SETTINGS = {
  agent: optionalText(),
  capacity: integer(6, 1, 1000, "runs"),
  ask_trust: oneOf("once", ASK_TRUST),
  mode: oneOf("work", MODES),
  base: optionalText(),
  notify: oneOf("desktop", ["desktop", "none"]),
  ask_wait_seconds: integer(120, 0, 86_400, "seconds"),
  deny_tools: texts(),
  disallow_temp_dir: bool(false),
  projects_dir: optionalText(),

  "sandbox.kind": oneOf("auto", SANDBOXES),
  "sandbox.home": oneOf("masked", ["masked", "hidden"]),
  "sandbox.writable": texts(),
  "sandbox.network": bool(true),

  "worktrees.root": text(".worktrees"),
  "worktrees.trash_days": integer(7, 0, 3650, "days"),

  "setup.script": optionalText(),
  "setup.copy": texts(),
  "setup.timeout_minutes": integer(10, 1, 1440, "minutes"),

  "limits.run_minutes": integer(240, 1, 43_200, "minutes"),
  "limits.silence_minutes": integer(15, 1, 43_200, "minutes"),
  "limits.log_quiet_seconds": integer(30, 1, 3600, "seconds"),
  "limits.log_max_mb": integer(100, 1, 100_000, "megabytes"),
  "limits.stop_grace_seconds": integer(10, 0, 3600, "seconds"),
  "limits.fetch_seconds": integer(10, 1, 3600, "seconds"),
  "limits.git_seconds": integer(120, 1, 86_400, "seconds"),
  "limits.github_seconds": integer(20, 1, 3600, "seconds"),
  "limits.run_files_days": integer(30, 0, 3650, "days"),
  "limits.observe_ms": integer(100, 1, 60_000, "milliseconds"),
  "limits.message_max_chars": integer(20_000, 100, 1_000_000, "characters"),
  "limits.context_max_chars": integer(200_000, 1000, 10_000_000, "characters"),

  "heartbeat.fast_seconds": integer(5, 1, 3600, "seconds"),
  "heartbeat.slow_seconds": integer(60, 5, 86_400, "seconds"),
  "heartbeat.lease_seconds": integer(20, 5, 3600, "seconds"),
  "heartbeat.autostart": bool(true),

  "review.template": optionalText(),
  "review.models": texts(),

  "github.api_url": optionalUrl(),
  "github.token": secret(),

  "web.host": text("127.0.0.1"),
  "web.port": integer(7420, 0, 65_535, null),
  "web.token": secret(),
  "web.base_url": webUrl(),

  "chat.ask": optionalText(),
  "chat.offer_minutes": integer(1440, 1, 43_200, "minutes"),
  "chat.link_minutes": integer(10, 1, 1440, "minutes"),
  "chat.slack.bot_token": secret(),
  "chat.slack.app_token": secret(),
  "chat.slack.api_url": optionalUrl(),
  "chat.slack.viewers": ids(),
  "chat.slack.operators": ids(),
  "chat.slack.admins": ids(),
  "chat.telegram.bot_token": secret(),
  "chat.telegram.api_root": optionalUrl(),
  "chat.telegram.viewers": ids(),
  "chat.telegram.operators": ids(),
  "chat.telegram.admins": ids(),
} as const satisfies Record<string, Rule<unknown>>;

/** What `agents.<name>` may hold. */
export const AGENT_SETTINGS = {
  command: text(""),
  args: texts(),
  env: textMap(),
  model: text(""),
} as const satisfies Record<string, Rule<unknown>>;

export type SettingKey = keyof typeof SETTINGS;
export type Values = { readonly [K in SettingKey]: (typeof SETTINGS)[K]["fallback"] };

/** The rule of a key as people write it, `agents.copilot.model` included; undefined for an unknown one. */
export function ruleOf(key: string): Rule<unknown> | undefined {
  if (Object.hasOwn(SETTINGS, key)) return SETTINGS[key as SettingKey];
  const ofAgent = /^agents\..+\.([^.]+)$/.exec(key)?.[1];
  if (ofAgent && Object.hasOwn(AGENT_SETTINGS, ofAgent))
    return AGENT_SETTINGS[ofAgent as keyof typeof AGENT_SETTINGS];
  return undefined;
}
