import { Problem } from "../../domain/problem.ts";
import { run } from "../../process.ts";
import type { GitPlace } from "./plumbing.ts";

export type Settings = {
  /** The cell's own `config`. */
  readonly config: string;
  /** What stands in for the person's, which is covered: a repository made inside needs a name, too. */
  readonly global: string;
};

/**
 * The settings of a cell: of those in force in the worktree (system, user, repository), those that say
 * who the person is and how files are read and written. Content filters come along, as without them large files
 * would look changed; they run inside the walls only, because nobody reads this file outside. Commits are not signed:
 * the keys are not there.
 */
export async function settings(place: GitPlace): Promise<Settings> {
  const { env, gitDir, commonDir, worktree, timeoutMs } = place;
  const result = await run(["git", "config", "--list", "-z"], {
    cwd: gitDir,
    env: {
      PATH: env.PATH ?? "",
      HOME: env.HOME ?? "/",
      ...(env.XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME: env.XDG_CONFIG_HOME }),
      LC_ALL: "C",
      GIT_DIR: gitDir,
      ...(commonDir === undefined ? {} : { GIT_COMMON_DIR: commonDir }),
      ...(worktree === undefined ? {} : { GIT_WORK_TREE: worktree }),
    },
    timeoutMs,
    maxBytes: 4_000_000,
  });
  if (result.code !== 0) throw new Problem("git", `git config in ${gitDir}: ${result.stderr.trim()}.`);
  const found = new Map<string, string>();
  const trusted: [string, string][] = [];
  for (const entry of result.stdout.split("\0")) {
    const cut = entry.indexOf("\n");
    const [key, value] = cut < 0 ? [entry, "true"] : [entry.slice(0, cut), entry.slice(cut + 1)];
    if (isKept(key)) found.set(key, value);
    if (key === "safe.directory") trusted.push([key, value]);
  }
  const format = found.get("extensions.objectformat") ?? "sha1";
  const version = format === "sha1" ? "0" : "1";
  const own: [string, string][] = [
    ["core.repositoryformatversion", version],
    ["core.bare", "false"],
  ];
  const shared = [...found].filter(([key]) => !/^(extensions|core\.sparse)/.test(key));
  const text = (pairs: readonly [string, string][]) => pairs.map(([key, value]) => line(key, value)).join("");
  return { config: text([...own, ...found, ...ALWAYS]), global: text([...shared, ...trusted, ...ALWAYS]) };
}

const ALWAYS: [string, string][] = [
  ["commit.gpgsign", "false"],
  ["tag.gpgsign", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
];

const KEPT = new Set([
  ...["user.name", "user.email", "author.name", "author.email", "committer.name", "committer.email"],
  ...[
    "core.filemode",
    "core.symlinks",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.autocrlf",
    "core.eol",
  ],
  ...["core.safecrlf", "core.longpaths", "core.quotepath", "core.whitespace", "core.excludesfile"],
  ...[
    "core.attributesfile",
    "core.sparsecheckout",
    "core.sparsecheckoutcone",
    "core.abbrev",
    "core.commentchar",
  ],
  ...["init.defaultbranch", "pull.rebase", "merge.conflictstyle", "diff.algorithm", "diff.renames"],
  ...["i18n.commitencoding", "extensions.objectformat"],
]);

function isKept(key: string): boolean {
  return KEPT.has(key) || /^filter\.[^\n]+\.(clean|smudge|process|required)$/.test(key);
}

/** `a.b.c` → `[a "b"]` and `c = "…"`; each in a section of its own, which git reads as well. */
function line(key: string, value: string): string {
  const first = key.indexOf(".");
  const last = key.lastIndexOf(".");
  const middle = first === last ? "" : ` "${escaped(key.slice(first + 1, last))}"`;
  return `[${key.slice(0, first)}${middle}]\n\t${key.slice(last + 1)} = "${escaped(value).replaceAll("\n", "\\n")}"\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
