import { type Config, camel } from "../config.ts";
import { isMapping } from "./rules.ts";
import { ruleOf, SETTINGS } from "./settings.ts";
import { unknownSetting } from "./write.ts";

/** One setting as it holds now: `value` is plain data, with secrets hidden. */
export type ShownSetting = {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
  readonly allowed: string;
};

/** All settings, in the order of their declaration, then those of agents. */
export function configValues(config: Config): ShownSetting[] {
  const keys = [
    ...Object.keys(SETTINGS),
    ...Object.keys(config.origin).filter((key) => key.startsWith("agents.")),
  ];
  return keys.map((key) => getConfigValue(config, key));
}

/** Throws Problem `config` for an unknown key. An agent's setting that is not set is null. */
export function getConfigValue(config: Config, key: string): ShownSetting {
  const rule = ruleOf(key);
  if (!rule) throw unknownSetting(key);
  const value = valueAt(config, key);
  const secret = rule.secret || /^agents\..+\.env$/.test(key);
  return {
    key,
    value: secret ? hidden(value) : value,
    origin: config.origin[key] ?? "default",
    allowed: rule.allowed,
  };
}

function valueAt(config: Config, key: string): unknown {
  const ofAgent = /^agents\.(.+)\.([^.]+)$/.exec(key);
  const path = ofAgent ? ["agents", ofAgent[1] ?? "", ofAgent[2] ?? ""] : key.split(".").map(camel);
  let at: unknown = config;
  for (const name of path) at = isMapping(at) && Object.hasOwn(at, name) ? at[name] : null;
  return at;
}

function hidden(value: unknown): unknown {
  if (isMapping(value)) return Object.fromEntries(Object.keys(value).map((name) => [name, "(set)"]));
  return value === null ? null : "(set)";
}
