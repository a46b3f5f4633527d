import { homedir } from "node:os";

/**
 * What git is given of the user's environment. Reads and local writes get an allow-list; what talks to a remote gets
 * everything that credentials, proxies and SSH may need, but nothing that would change what git itself does.
 */
let user: Readonly<Record<string, string>> = { HOME: homedir(), PATH: "/usr/local/bin:/usr/bin:/bin" };

/** Called once by main (and by tests) with the environment that the configuration holds. */
export function setGitEnvironment(all: Readonly<Record<string, string>>): void {
  user = all;
}

const LOCAL = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "XDG_CONFIG_HOME",
  "TMPDIR",
  "TZ",
  "SYSTEMROOT",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_NOSYSTEM",
]);
/** Of git's own variables, those that say how to reach a remote and no more. */
const REMOTE =
  /^GIT_(CONFIG_GLOBAL|CONFIG_NOSYSTEM|SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_.*|HTTP_USER_AGENT|PROXY_.*)$/;

/** Every program that a configuration could name for a read is replaced; hooks and submodules are off for everything. */
const OVERRIDES: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.pager", "cat"],
  ["core.editor", "true"],
  ["core.quotePath", "false"],
  ["core.splitIndex", "false"],
  ["diff.ignoreSubmodules", "dirty"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["push.recurseSubmodules", "no"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  // A diff would write the index anew, and while it holds its lock an agent's commit fails; no other switch keeps it from that.
  ["diff.autoRefreshIndex", "false"],
  ["log.showSignature", "false"],
  ["worktree.useRelativePaths", "false"],
  ["checkout.workers", "4"],
  ["protocol.ext.allow", "never"],
];
const LOCAL_OVERRIDES: readonly (readonly [string, string])[] = [
  ["core.sshCommand", "false"],
  ["core.askPass", "false"],
  ["credential.helper", ""],
];

export type Reach = "local" | "remote" | "signing";

/** The environment of one git process; `overrides` are put last and win. */
export function gitEnvironment(
  reach: Reach,
  more: Readonly<Record<string, string>>,
  overrides: readonly (readonly [string, string])[],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (reach === "local" ? LOCAL.has(name) : !name.startsWith("GIT_") || REMOTE.test(name))
      env[name] = value;
  }
  delete env.LANGUAGE;
  Object.assign(env, {
    // Messages are read by us: one language, and names as they are.
    LC_ALL: "C.UTF-8",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_PAGER: "cat",
    GIT_EDITOR: "true",
    GIT_MERGE_AUTOEDIT: "no",
    // A list here overrules every `protocol.*` of any configuration; `ext::` is never in it.
    GIT_ALLOW_PROTOCOL: reach === "remote" ? "file:git:http:https:ssh" : "none",
  });
  if (reach === "local") env.GIT_NO_LAZY_FETCH = "1";
  const all = [...OVERRIDES, ...(reach === "remote" ? [] : LOCAL_OVERRIDES), ...overrides];
  env.GIT_CONFIG_COUNT = String(all.length);
  all.forEach(([key, value], at) => {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
  });
  return Object.assign(env, more);
}
