import type { Mode } from "../domain/words.ts";
import type { LaunchRequest } from "./agent.ts";

/** Commands that ship: refused in every mode, because nothing leaves this machine without a person. */
const SHIPPING = [
  "git push",
  "git send-email",
  "gh",
  "hub",
  "glab",
  "npm publish",
  "yarn publish",
  "yarn npm publish",
  "pnpm publish",
  "bun publish",
  "cargo publish",
  "gem push",
  "twine upload",
  "poetry publish",
  "docker push",
  "rally push",
  "rally pr",
] as const;

/** Commands that talk to the network: refused in every mode but `full`. */
const NETWORK = [
  "curl",
  "wget",
  "nc",
  "ncat",
  "netcat",
  "telnet",
  "ssh",
  "scp",
  "sftp",
  "rsync",
  "ftp",
] as const;

/** Commands that only look: what `read-only` may run, beside declaring stages and asking. */
export const LOOKING = [
  "git status",
  "git log",
  "git diff",
  "git show",
  "git blame",
  "git ls-files",
  "git rev-parse",
  "git merge-base",
  "rally ask",
  "rally declare-stage",
] as const;

/** Where an agent writes for Rally, in every mode: `REVIEW.md`. Relative to the worktree. */
export const RUN_FOLDER = ".rally/run";

/**
 * The commands that are refused: built in by mode, plus the configured ones. A configured name is a command with its
 * first words (`terraform apply`), or `shell(terraform apply)` as another tool spells it. Sorted and without repeats,
 * so that the same policy is always the same argv.
 */
export function deniedCommands(mode: Mode, extra: readonly string[]): readonly string[] {
  const own = mode === "full" ? SHIPPING : [...SHIPPING, ...NETWORK];
  const named = extra.map(command).filter((name) => name !== null);
  return [...new Set<string>([...own, ...named])].sort();
}

export function deniedFor(request: Pick<LaunchRequest, "mode" | "deny">): readonly string[] {
  return deniedCommands(request.mode, request.deny);
}

/** Configured names that are no commands (`github-mcp-server(create_issue)`): handed on to agents that know such names. */
export function deniedTools(extra: readonly string[]): readonly string[] {
  return extra.filter((name) => command(name) === null && name.trim() !== "");
}

/** The policy in words, for the context file: agents follow what they are told far more often than not. */
export function policyText(mode: Mode, extra: readonly string[]): string {
  const refused = deniedCommands(mode, extra).map((name) => `\`${name}\``);
  const may =
    mode === "read-only"
      ? "You may read everything in this worktree and run commands that only look. You may not change, build or commit anything; propose instead. The one place you may write to is `.rally/run/`."
      : "You may read, edit, build, test and commit in this worktree, and nowhere else.";
  return [
    may,
    "",
    "You must not push, publish, open or change pull requests, comment on or close issues, or look for credentials. A person decides what leaves this machine; there is nothing here to push with. Do not change git's configuration, hooks or remotes, and do not switch to another branch.",
    "",
    `Refused commands: ${refused.join(", ")}.`,
  ].join("\n");
}

function command(name: string): string | null {
  const inner = /^shell\((.+?)(:\*)?\)$/.exec(name.trim())?.[1] ?? name.trim();
  const words = inner.replace(/\s+/g, " ").trim();
  return /^[A-Za-z0-9_./+-]+( [A-Za-z0-9_./+:@=-]+)*$/.test(words) ? words : null;
}
