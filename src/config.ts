import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { AgentConfig } from "./agents/agent.ts";
import { FROM_ENVIRONMENT } from "./config/from-environment.ts";
import { type FileValues, readConfigFile } from "./config/read.ts";
import { SETTINGS, type SettingKey, type Values } from "./config/settings.ts";
import { userName } from "./config/user.ts";
import { Problem } from "./domain/problem.ts";
import type { AskTrust, Mode, SandboxKind } from "./domain/words.ts";

/** All settings and limits, frozen, units in their names; where each value came from is in `origin`. */
export type Config = {
  /** Absolute. */
  readonly home: string;
  /** `config.yaml` in the home, whether it is there or not. */
  readonly path: string;
  /** What is wrong with the file; only where it was loaded leniently, else it was thrown. */
  readonly problem: Problem | null;
  readonly agent: string | null;
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly capacity: number;
  readonly askTrust: AskTrust;
  readonly mode: Mode;
  readonly base: string | null;
  readonly notify: "desktop" | "none";
  readonly askWaitSeconds: number;
  readonly denyTools: readonly string[];
  /** A setting of the earlier tool: the agent is told to keep out of the system's temporary folder. */
  readonly disallowTempDir: boolean;
  /** Absolute; where clones are put. */
  readonly projectsDir: string;
  readonly sandbox: {
    readonly kind: SandboxKind;
    readonly home: "masked" | "hidden";
    readonly writable: readonly string[];
    readonly network: boolean;
  };
  /** `root` is relative to the project's main checkout, unless absolute. */
  readonly worktrees: { readonly root: string; readonly trashDays: number };
  readonly setup: {
    readonly script: string | null;
    readonly copy: readonly string[];
    readonly timeoutMinutes: number;
  };
  readonly limits: {
    readonly runMinutes: number;
    readonly silenceMinutes: number;
    readonly logQuietSeconds: number;
    readonly logMaxMb: number;
    readonly stopGraceSeconds: number;
    readonly fetchSeconds: number;
    readonly gitSeconds: number;
    readonly githubSeconds: number;
    /** How long the files of a run outlive the cleaning of its dispatch. */
    readonly runFilesDays: number;
    readonly observeMs: number;
    readonly messageMaxChars: number;
    readonly contextMaxChars: number;
  };
  readonly heartbeat: {
    readonly fastSeconds: number;
    readonly slowSeconds: number;
    readonly leaseSeconds: number;
    readonly autostart: boolean;
  };
  /** `template` is absolute; in the file it may be relative to the home. */
  readonly review: { readonly template: string | null; readonly models: readonly string[] };
  readonly github: { readonly apiUrl: string | null; readonly token: string | null };
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly token: string | null;
    /** Where people reach the page, without a slash at its end; links to it are told only where this is set. */
    readonly baseUrl: string | null;
  };
  readonly chat: {
    /** Whom a stranger is told to ask; by default nobody by name. */
    readonly ask: string | null;
    readonly offerMinutes: number;
    readonly linkMinutes: number;
    readonly slack: ChatPeople & { readonly appToken: string | null; readonly apiUrl: string | null };
    readonly telegram: ChatPeople & { readonly apiRoot: string | null };
  };
  readonly env: Environment;
  /** The argv by which this very Rally is started again: the heartbeat, the agents' shim. */
  readonly program: readonly string[];
  /** `capacity` → `default`, `config.yaml`, `GH_TOKEN`, …; keys as in the file. */
  readonly origin: Readonly<Record<string, string>>;
};

/** Who may do what on a platform, by id; who is on no list may do nothing. */
export type ChatPeople = {
  readonly botToken: string | null;
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  readonly admins: readonly string[];
};

/** What Rally takes from its environment. */
export type Environment = {
  readonly user: string;
  readonly home: string;
  readonly path: string;
  readonly cwd: string;
  /** Set inside an agent's run: Rally then only reads, declares and asks. */
  readonly run: string | null;
  readonly debug: boolean;
  readonly noColor: boolean;
  readonly editor: string | null;
  /** The whole environment, for the allow-list of children. Never printed. */
  readonly all: Readonly<Record<string, string>>;
};

export type ProcessEnv = {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly program?: readonly string[];
};

/** The one reader of the process's environment. A working directory that was deleted counts as `/`. */
export function processEnv(): ProcessEnv {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  try {
    return { env, cwd: process.cwd() };
  } catch {
    return { env, cwd: "/" };
  }
}

/**
 * The environment and `$RALLY_HOME/config.yaml` as one frozen value. What the file says wins over the environment.
 * Throws Problem `config`, one sentence that names file, line and key. Leniently, for the commands that must work with
 * a broken file: what is wrong is left at its default, and is in `problem`.
 */
export function loadConfig(from: ProcessEnv, how: { readonly lenient?: boolean } = {}): Config {
  const env = environment(from);
  const wanted = from.env.RALLY_HOME;
  const badHome =
    wanted && !isAbsolute(wanted)
      ? new Problem("config", `RALLY_HOME is "${wanted}", but it must be an absolute path.`, {
          hint: 'export RALLY_HOME="$HOME/rally"',
        })
      : null;
  const home = wanted && !badHome ? wanted : join(env.home, "rally");
  const path = join(home, "config.yaml");
  const file = readConfigFile(path);
  const problem = badHome ?? file.problem;
  if (problem && !how.lenient) throw problem;
  return deepFreeze({ home, path, problem, program: from.program ?? [], ...settings(file, home, env) });
}

function environment({ env, cwd }: ProcessEnv): Environment {
  return {
    user: env.USER || env.LOGNAME || userName(),
    home: env.HOME || homedir(),
    path: env.PATH ?? "",
    cwd,
    run: env.RALLY_RUN || null,
    debug: Boolean(env.RALLY_DEBUG) && env.RALLY_DEBUG !== "0",
    noColor: Boolean(env.NO_COLOR),
    editor: env.VISUAL || env.EDITOR || null,
    all: env,
  };
}

type Settings = Omit<Config, "home" | "path" | "problem" | "program">;

function settings(file: FileValues, home: string, env: Environment): Settings {
  const origin: Record<string, string> = {};
  const v = mergedValues(file, env, origin);
  const inHome = (path: string) => absolute(path, home, env.home);
  return {
    agent: v.agent,
    agents: agents(file, origin),
    capacity: v.capacity,
    askTrust: v.ask_trust,
    mode: v.mode,
    base: v.base,
    notify: v.notify,
    askWaitSeconds: v.ask_wait_seconds,
    denyTools: v.deny_tools,
    disallowTempDir: v.disallow_temp_dir,
    projectsDir: inHome(v.projects_dir ?? "projects"),
    sandbox: section(v, "sandbox", ["kind", "home", "writable", "network"]),
    worktrees: section(v, "worktrees", ["root", "trash_days"]),
    setup: section(v, "setup", ["script", "copy", "timeout_minutes"]),
    limits: section(v, "limits", LIMITS),
    heartbeat: section(v, "heartbeat", ["fast_seconds", "slow_seconds", "lease_seconds", "autostart"]),
    review: {
      template: v["review.template"] === null ? null : inHome(v["review.template"]),
      models: v["review.models"],
    },
    github: section(v, "github", ["api_url", "token"]),
    web: section(v, "web", ["host", "port", "token", "base_url"]),
    chat: chat(v),
    env,
    origin,
  };
}

function chat(v: Values): Config["chat"] {
  const people = ["bot_token", "viewers", "operators", "admins"] as const;
  return {
    ...section(v, "chat", ["ask", "offer_minutes", "link_minutes"]),
    slack: section(v, "chat.slack", ["app_token", "api_url", ...people]),
    telegram: section(v, "chat.telegram", ["api_root", ...people]),
  };
}

const LIMITS = [
  "run_minutes",
  "silence_minutes",
  "log_quiet_seconds",
  "log_max_mb",
  "stop_grace_seconds",
  "fetch_seconds",
  "git_seconds",
  "github_seconds",
  "run_files_days",
  "observe_ms",
  "message_max_chars",
  "context_max_chars",
] as const;

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Section<P extends string, K extends string> = {
  readonly [N in K as Camel<N>]: `${P}.${N}` extends SettingKey ? Values[`${P}.${N}`] : never;
};

/** `limits.run_minutes` … as `{runMinutes, …}`. */
function section<P extends string, K extends string>(
  values: Values,
  name: P,
  keys: readonly K[],
): Section<P, K> {
  const all: Readonly<Record<string, unknown>> = values;
  return Object.fromEntries(keys.map((key) => [camel(key), all[`${name}.${key}`]])) as Section<P, K>;
}

export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function mergedValues(file: FileValues, env: Environment, origin: Record<string, string>): Values {
  const merged: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries(SETTINGS)) {
    const outside = FROM_ENVIRONMENT[key]?.find((name) => env.all[name]);
    if (file.values.has(key) && (file.values.get(key) !== null || !outside)) {
      merged[key] = file.values.get(key);
      const said = file.from.get(key);
      origin[key] = said ? `config.yaml (${said})` : "config.yaml";
    } else if (outside) {
      merged[key] = env.all[outside];
      origin[key] = outside;
    } else {
      merged[key] = rule.fallback;
      origin[key] = "default";
    }
  }
  return merged as Values;
}

function agents(file: FileValues, origin: Record<string, string>): Record<string, AgentConfig> {
  const found: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of file.values) {
    const match = /^agents\.(.+)\.([^.]+)$/.exec(key);
    if (!match?.[1] || !match[2]) continue;
    found[match[1]] = { ...found[match[1]], [match[2]]: value };
    origin[key] = "config.yaml";
  }
  return found;
}

function absolute(path: string, home: string, userHome: string): string {
  if (path === "~" || path.startsWith("~/")) return join(userHome, path.slice(1));
  return isAbsolute(path) ? path : join(home, path);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    const plain = typeof inner === "object" && inner !== null && !(inner instanceof Error);
    if (plain && !Object.isFrozen(inner)) deepFreeze(inner);
  }
  return Object.freeze(value);
}
