import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentNamed, agentNames } from "../agents/registry.ts";
import type { Config } from "../config.ts";
import { onPath } from "../process/path.ts";
import { bad, type Check, ok, type Patient, warn } from "./doctor-check.ts";
import { versionOf } from "./doctor-machine.ts";

/** Every agent that could be dispatched to; that one is missing is no fault, that all are, or the default one, is. */
export async function checkAgents({ config }: Patient): Promise<readonly Check[]> {
  const names = agentNames(config).filter((name) => name !== "scripted" || config.agent === "scripted");
  const where = names.map((name) => ({ name, ...placeOf(config, name) }));
  const there = await Promise.all(
    where.flatMap(({ name, path }) => (path === null ? [] : [checkAgent(config, name, path)])),
  );
  const missing = where.filter(({ path }) => path === null).map(({ name }) => name);
  return [...there, ...wanted(config, names, missing), ...absent(there.length, missing)];
}

function placeOf(config: Config, name: string): { readonly program: string; readonly path: string | null } {
  const program = config.agents[name]?.command ?? agentNamed(name, config).program;
  return { program, path: onPath(program, config.env.path) };
}

function wanted(config: Config, names: readonly string[], missing: readonly string[]): Check[] {
  const { agent } = config;
  if (agent === null || (names.includes(agent) && !missing.includes(agent))) return [];
  const why = names.includes(agent) ? "is not installed" : "is not known";
  return [bad(`agent ${agent}`, `The default agent ${why}.`, "Install it, or rally config set agent <name>")];
}

function absent(there: number, missing: readonly string[]): Check[] {
  const list = missing.join(", ");
  if (there === 0)
    return [bad("agents", `None is installed: ${list}.`, "Install one (npm install -g @github/copilot)")];
  return missing.length > 0 ? [ok("agents", `known, and not installed: ${list}`)] : [];
}

async function checkAgent(config: Config, name: string, path: string): Promise<Check> {
  const title = `agent ${name}`;
  if (name === "scripted") return ok(title, "built in");
  const version = await versionOf(path, config.env).catch(() => null);
  const says = `${version ?? "version unknown"} (${path})`;
  const login = LOGINS[name];
  if (!login || login.variables.some((variable) => config.env.all[variable]) || isLoggedIn(config, login))
    return ok(title, says);
  return warn(
    title,
    `${says}; no login was seen`,
    `${login.type}; or set ${login.variables[0] ?? "its key"}`,
  );
}

type Login = {
  readonly files: readonly string[];
  /** Files that are there without a login, too; what they say then. */
  readonly notes?: readonly { readonly file: string; readonly says: RegExp }[];
  readonly variables: readonly string[];
  readonly type: string;
};

function isLoggedIn({ env }: Config, { files, notes }: Login): boolean {
  if (files.some((file) => existsSync(join(env.home, file)))) return true;
  return (notes ?? []).some(({ file, says }) => says.test(textOf(join(env.home, file))));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Where each agent keeps a login, so that a missing one is seen before a dispatch fails of it. */
const LOGINS: Readonly<Record<string, Login>> = {
  copilot: {
    files: [".copilot/config.json", ".config/github-copilot"],
    variables: ["COPILOT_GITHUB_TOKEN", "COPILOT_PROVIDER_API_KEY"],
    type: "copilot, then /login",
  },
  claude: {
    files: [".claude/.credentials.json"],
    notes: [{ file: ".claude.json", says: /"(oauthAccount|primaryApiKey)"/ }],
    variables: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
    type: "claude, then /login",
  },
  codex: { files: [".codex/auth.json"], variables: ["OPENAI_API_KEY", "CODEX_API_KEY"], type: "codex login" },
  opencode: {
    files: [".local/share/opencode/auth.json"],
    variables: ["OPENCODE_CONFIG", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"],
    type: "opencode auth login",
  },
  gemini: {
    files: [".gemini/oauth_creds.json"],
    variables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    type: "gemini, then log in",
  },
};
