import { statSync } from "node:fs";
import { join } from "node:path";
import { spawnGit } from "./spawn.ts";

type Pair = readonly [string, string];
type Entry = { readonly scope: string; readonly key: string; readonly value: string };

/**
 * What a repository's own configuration would run, and what it is overruled with. The user's configuration (global,
 * system) is theirs; a repository's can have come with a folder or been written by an agent. Of its own, only filters
 * of git-lfs and git-crypt, plain `ssh` with a key, and named credential helpers are used.
 */
export type Tamed = {
  readonly overrides: readonly Pair[];
  /** The keys that are not used, for `doctor`. */
  readonly ignored: readonly string[];
  /** Objects are fetched when they are needed, so that a checkout needs the network. */
  readonly promisor: boolean;
  /** Refs are kept in a table, which Rally does not read. */
  readonly reftable: boolean;
};

const cache = new Map<string, { readonly stamp: string; readonly tamed: Promise<Tamed> }>();

/** One read of the configuration, kept until its files change. */
export function tame(at: { readonly gitDir: string; readonly commonDir: string }): Promise<Tamed> {
  const own = fileStamp(join(at.gitDir, "config.worktree"));
  const stamp = `${fileStamp(join(at.commonDir, "config"))} ${own}`;
  const key = own === "" ? at.commonDir : at.gitDir;
  const known = cache.get(key);
  if (known !== undefined && known.stamp === stamp) return known.tamed;
  const tamed = readConfig(at).then((entries) => {
    if (entries.some((one) => isOwn(one) && one.key.startsWith("include"))) cache.delete(key);
    return judge(entries);
  });
  cache.set(key, { stamp, tamed });
  tamed.catch(() => cache.delete(key));
  return tamed;
}

function fileStamp(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}

async function readConfig(at: { readonly gitDir: string; readonly commonDir: string }): Promise<Entry[]> {
  const result = await spawnGit(["config", "--list", "--includes", "--show-scope", "-z"], {
    cwd: at.commonDir,
    env: { GIT_DIR: at.gitDir, GIT_COMMON_DIR: at.commonDir },
  });
  const parts = new TextDecoder().decode(result.stdout).split("\0");
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const text = parts[i + 1] ?? "";
    const cut = text.indexOf("\n");
    entries.push({
      scope: parts[i] ?? "",
      key: cut < 0 ? text : text.slice(0, cut),
      value: cut < 0 ? "" : text.slice(cut + 1),
    });
  }
  return entries;
}

function isOwn(entry: Entry): boolean {
  return entry.scope === "local" || entry.scope === "worktree";
}

/** Pure: from the configuration's entries to what overrules them. */
export function judge(entries: readonly Entry[]): Tamed {
  const overrides: Pair[] = [];
  const ignored: string[] = [];
  const own = entries.filter(isOwn);
  const theirs = (key: string) =>
    entries.findLast((one) => one.key === key && (one.scope === "global" || one.scope === "system"))?.value;
  const filters = new Set<string>();
  for (const { key, value } of own) {
    const filter = /^filter\.(.*)\.(clean|smudge|process)$/s.exec(key);
    if (filter !== null && !isKnownFilter(value)) filters.add(filter[1] ?? "");
    if (/^lfs\.(customtransfer\.|extension\.|standalonetransferagent)/.test(key)) filters.add("lfs");
    const fixed = FIXED[key] ?? (/^gpg\.[^.]+\.program$/.test(key) ? GPG[key] : undefined);
    if (fixed !== undefined) overrides.push([key, fixed]);
    if (key === "core.sshcommand" && !isPlainSsh(value)) overrides.push([key, theirs(key) ?? "ssh"]);
    if (/^hook\..*\.(command|event)$/s.test(key)) {
      overrides.push([key.replace(/\.(command|event)$/, ".enabled"), "false"]);
    }
  }
  for (const name of filters) {
    for (const part of ["clean", "smudge", "process"]) overrides.push([`filter.${name}.${part}`, ""]);
    overrides.push([`filter.${name}.required`, "false"]);
  }
  overrides.push(...credentials(entries));
  for (const [key] of overrides) if (!ignored.includes(key)) ignored.push(key);
  const promisor = own.some((one) => /^remote\..*\.promisor$/s.test(one.key));
  const reftable = own.some((one) => one.key === "extensions.refstorage" && one.value.startsWith("reftable"));
  return { overrides, ignored, promisor, reftable };
}

const GPG: Record<string, string> = { "gpg.ssh.program": "ssh-keygen", "gpg.x509.program": "gpgsm" };
const FIXED: Record<string, string> = {
  "core.askpass": "",
  "core.alternaterefscommand": "",
  "core.gitproxy": "none",
  "gpg.program": "gpg",
  "gpg.openpgp.program": "gpg",
  "gpg.ssh.defaultkeycommand": "",
};

/** The two filters that keep their configuration in a repository; no shell words beside them. */
function isKnownFilter(value: string): boolean {
  return (
    value === "" || value === "cat" || /^("git-crypt"|git-crypt|git-lfs) [a-z-]+( --( %f)?| %f)?$/.test(value)
  );
}

/** `ssh` with a key of its own, which is how people use two accounts; nothing that could name a program. */
function isPlainSsh(value: string): boolean {
  const word = "[A-Za-z0-9_@%+=:,./~-]+";
  return new RegExp(`^ssh( +(-i +${word}|-p +\\d+|-[46]|-o +IdentitiesOnly=(yes|no)|-F +/dev/null))*$`).test(
    value,
  );
}

/** A list cannot lose one of its values: it is emptied and given the good ones again. */
function credentials(entries: readonly Entry[]): Pair[] {
  const helpers = entries.filter((one) => /^credential\.(.*\.)?helper$/s.test(one.key));
  const bad = (one: Entry) => isOwn(one) && !/^[a-z0-9-]*( --?[a-z]+(=[\w.]+)?)*$/i.test(one.value);
  const keys = new Set(helpers.filter(bad).map((one) => one.key));
  return [...keys].flatMap((key): Pair[] => [
    [key, ""],
    ...helpers
      .filter((one) => one.key === key && !bad(one) && one.scope !== "command")
      .map((one): Pair => [key, one.value]),
  ]);
}
