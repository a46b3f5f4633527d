import type { Agent, AgentConfig } from "./agent.ts";

export type ChildEnvironment = {
  /** The whole environment that Rally was started with. */
  readonly all: Readonly<Record<string, string>>;
  readonly agent: Pick<Agent, "variables">;
  readonly config: AgentConfig;
  /** What the launch itself wants set. */
  readonly launch: Readonly<Record<string, string>>;
  readonly worktree: string;
  /** The marker: everything that carries it belongs to this run. */
  readonly run: string;
  readonly rally: {
    readonly home: string;
    /** The folder that holds the program `rally`, put first on PATH; null where it is found already. */
    readonly bin: string | null;
    /** Further RALLY_* that this run needs, for instance where its inbox is. */
    readonly more: Readonly<Record<string, string>>;
  };
  /** An empty folder, so that `gh` finds no login. */
  readonly emptyDir: string;
  /** Who commits: gemini hides the person's own git configuration from its tools, and so may a sandbox. */
  readonly identity: { readonly name: string; readonly email: string } | null;
  /** The URLs of the project's remotes: none of them can be pushed to. */
  readonly remotes: readonly string[];
};

/**
 * What a child sees: an allow-list, never the whole environment (safety.md 4). Tokens of GitHub, chats and clouds and
 * the SSH agent are not on it; what the configuration sets under `agents.<name>.env` is added as it stands.
 */
export function childEnv(input: ChildEnvironment): Record<string, string> {
  const env: Record<string, string> = {};
  const patterns = [...EVERYBODY, ...input.agent.variables];
  for (const [name, value] of Object.entries(input.all))
    if (allowed(name, patterns) && !isSecret(name, value)) env[name] = value;
  const path = env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  return {
    ...env,
    ...input.config.env,
    // What the launch wants is policy, too: it has the last word.
    ...input.launch,
    PATH: input.rally.bin ? `${input.rally.bin}:${path}` : path,
    PWD: input.worktree,
    RALLY_RUN: input.run,
    RALLY_HOME: input.rally.home,
    ...input.rally.more,
    ...withoutCredentials(input),
  };
}

const EVERYBODY = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "LC_*",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "TMPDIR",
  "TZ",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
  "XDG_RUNTIME_DIR",
  // A company's way to the network, without which no agent reaches its model.
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
] as const;

/** Never by allow-list, whatever an agent's own pattern matches: only by name in the configuration. */
const NEVER = [
  "GH_*",
  "GITHUB_*",
  "SLACK_*",
  "TELEGRAM_*",
  "SSH_*",
  "AWS_*",
  "AZURE_*",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "NPM_TOKEN",
  "NODE_AUTH_TOKEN",
] as const;

/** Copilot refuses to start with a classic token in its environment, wherever it stands. */
function isSecret(name: string, value: string): boolean {
  return allowed(name, NEVER) || value.startsWith("ghp_");
}

function allowed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

/** Every way by which git and gh would find credentials, closed; later entries of GIT_CONFIG_* win. */
function withoutCredentials(input: ChildEnvironment): Record<string, string> {
  const refused = "url.rally-refuses-to-push:.pushInsteadOf";
  const settings: readonly (readonly [string, string])[] = [
    ["credential.helper", ""],
    ["credential.https://github.com.helper", ""],
    ["core.askPass", ""],
    ...identity(input),
    ...[...NETWORK_PREFIXES, ...input.remotes].map((url) => [refused, url] as const),
  ];
  const config = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    GH_CONFIG_DIR: input.emptyDir,
    GIT_SSH_COMMAND: "false",
    GIT_SSH: "false",
    GIT_ASKPASS: "false",
    SSH_ASKPASS: "false",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: `${settings.length}`,
    ...Object.fromEntries(config),
  };
}

const NETWORK_PREFIXES = ["https://", "http://", "ssh://", "git://", "git+ssh://", "git@"] as const;

function identity(input: ChildEnvironment): (readonly [string, string])[] {
  if (!input.identity) return [];
  return [
    ["user.name", input.identity.name],
    ["user.email", input.identity.email],
  ];
}
