import { isMapping } from "./rules.ts";
import type { SettingKey } from "./settings.ts";

type EarlierSetting = { readonly key: SettingKey; readonly value: unknown; readonly said: string };
type Wrong = { readonly said: string; readonly value: unknown; readonly allowed: string };

/**
 * The settings of the earlier tool's config.yaml (`projectsDir`, `version`, `settings: {…}`), as today's. A setting
 * of today that is in the same file wins. `docker_sandbox: always` asks for a wall, so it is `sandbox.kind: bwrap`;
 * `never` and `ask` were about Docker alone and change nothing here.
 */
export function earlierSettings(file: Record<string, unknown>): {
  readonly settings: readonly EarlierSetting[];
  readonly wrong: Wrong | null;
  /** The keys that were read here. */
  readonly keys: readonly string[];
} {
  const keys = ["projectsDir", "version", "settings"].filter((key) => Object.hasOwn(file, key));
  const found: EarlierSetting[] = [];
  let wrong: Wrong | null = null;
  if ("projectsDir" in file)
    found.push({ key: "projects_dir", value: file.projectsDir, said: "projectsDir" });
  const settings = file.settings ?? {};
  if (!isMapping(settings))
    return {
      settings: found,
      keys,
      wrong: { said: "settings", value: settings, allowed: "a mapping of settings" },
    };
  const denied: unknown[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const said = `settings.${name}`;
    const words = CHOICES[name];
    if (words) {
      const choice = words.find((word) => word.said === value);
      if (!choice) wrong ??= { said, value, allowed: `one of ${words.map((word) => word.said).join(", ")}` };
      else if (choice.key) found.push({ key: choice.key, value: choice.value, said });
    } else if (name === "deny_tools_copilot" || name === "deny_tools_sandbox") {
      denied.push(...(Array.isArray(value) ? value : [value]));
      found.push({ key: "deny_tools", value: [...new Set(denied)], said });
    } else if (name === "review_template") found.push({ key: "review.template", value, said });
    else if (name === "disallow_temp_dir") found.push({ key: "disallow_temp_dir", value, said });
    else wrong ??= { said, value, allowed: "left out: there is no such setting" };
  }
  return { settings: found, wrong, keys };
}

type Choice = { readonly said: string; readonly key?: SettingKey; readonly value?: string };

const CHOICES: Readonly<Record<string, readonly Choice[]>> = {
  require_trust: [
    { said: "always", key: "ask_trust", value: "always" },
    { said: "ask", key: "ask_trust", value: "once" },
    { said: "never", key: "ask_trust", value: "never" },
  ],
  docker_sandbox: [
    { said: "always", key: "sandbox.kind", value: "bwrap" },
    { said: "never" },
    { said: "ask" },
  ],
};
