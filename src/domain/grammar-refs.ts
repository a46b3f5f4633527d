import { Problem } from "./problem.ts";

/** What a person called a dispatch: its number, or its target where that names exactly one. */
export type DispatchRef =
  | { readonly by: "id"; readonly id: number }
  | {
      readonly by: "target";
      readonly number: number;
      /** Null: an issue or a pull request. */
      readonly kind: "issue" | "pr" | null;
      /** `owner/repo`, or a project's bare name; null: whichever project. */
      readonly project: string | null;
      /** Of the address that it was named by; null: whichever. */
      readonly host: string | null;
    };

export type TargetRef = {
  readonly number: number;
  /** Null: GitHub is asked which it is; issues and pull requests share their numbers. */
  readonly kind: "issue" | "pr" | null;
  /** `owner/repo`; null: of the project that the command is about. */
  readonly repo: string | null;
  readonly host: string | null;
};

/** `7`, `#42`, `owner/repo#42`, `pr#12`, an address. Throws Problem `usage`. */
export function parseDispatchRef(text: string): DispatchRef {
  const word = text.trim();
  if (/^[+-]?\d+$/.test(word)) return { by: "id", id: checked(word, "dispatch") };
  const ref = targetOf(word, "dispatch");
  if (ref) return { by: "target", ...ref };
  throw new Problem("usage", `"${short(word)}" is not a dispatch: give its number, or its target like #42.`, {
    hint: "rally status",
  });
}

/** `42`, `#42`, `owner/repo#42`, `pr 12`, an address; `as` says which kind was asked for. Throws Problem `usage`. */
export function parseTarget(text: string, as: "issue" | "pr" | null = null): TargetRef {
  const word = text.trim();
  const found = /^[+-]?\d+$/.test(word)
    ? { number: checked(word, "target"), kind: null, project: null, host: null }
    : targetOf(word, "target");
  if (!found)
    throw new Problem("usage", `"${short(word)}" is neither an issue nor a pull request.`, {
      hint: "rally dispatch 42, rally dispatch owner/repo#42, or the address of one",
    });
  const { project, ...rest } = found;
  if (project !== null && !project.includes("/"))
    throw new Problem("usage", `"${short(project)}" is not an owner/repo.`, {
      hint: `rally dispatch ${rest.number} --project ${short(project)}`,
    });
  if (as && rest.kind && rest.kind !== as)
    throw new Problem("usage", `"${short(word)}" is ${NAMES[rest.kind]}, not ${NAMES[as]}.`, {
      hint: `rally dispatch ${rest.kind} ${word}`,
    });
  return { ...rest, kind: rest.kind ?? as, repo: project };
}

const NAMES = { issue: "an issue", pr: "a pull request" } as const;
/** GitHub's own numbers fit; so do the database's. */
const LARGEST = 2_147_483_647;

type Named = {
  readonly number: number;
  readonly kind: "issue" | "pr" | null;
  readonly project: string | null;
  readonly host: string | null;
};

function targetOf(word: string, what: "dispatch" | "target"): Named | null {
  const address = addressOf(word, what);
  if (address) return address;
  const kinded = /^(issue|pr|pull)(?:\s+#?|#)(\S+)$/i.exec(word);
  if (kinded?.[1] && kinded[2] && /^[+-]?\d/.test(kinded[2])) {
    const kind = kinded[1].toLowerCase() === "issue" ? "issue" : "pr";
    return { number: checked(kinded[2], what, word), kind, project: null, host: null };
  }
  const hashed = /^([\w.-]+(?:\/[\w.-]+)?)?#(\S+)$/.exec(word);
  if (!hashed?.[2] || !/^[+-]?\d/.test(hashed[2])) return null;
  return { number: checked(hashed[2], what, word), kind: null, project: hashed[1] ?? null, host: null };
}

/** The address of an issue or pull request, on github.com or elsewhere, whatever tab of it was open. */
function addressOf(word: string, what: "dispatch" | "target"): Named | null {
  const match =
    /^(?:https?:\/\/)?(?:[^\s/@]+@)?([\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost(?::\d+)?)\/(\S+)$/i.exec(word);
  if (!match?.[1] || !match[2]) return null;
  const path = (match[2].split(/[?#]/, 1)[0] ?? "").split("/").filter((part) => part !== "");
  const at = path.findIndex((part, index) => index >= 2 && /^(issues?|pulls?)$/.test(part));
  const [owner, repo, number] = [path[at - 2], path[at - 1], path[at + 1]];
  if (at < 2 || !owner || !repo || !number) {
    if (!/^https?:/i.test(word)) return null;
    throw new Problem("usage", `${short(word)} is not the address of an issue or pull request.`, {
      hint: "rally dispatch https://github.com/owner/repo/issues/42",
    });
  }
  const kind = path[at]?.startsWith("issue") ? "issue" : "pr";
  return {
    number: checked(number, what, word),
    kind,
    project: `${owner}/${repo}`,
    host: match[1].toLowerCase(),
  };
}

function checked(digits: string, what: "dispatch" | "target", said = digits): number {
  const number = Number(digits);
  if (/^\d+$/.test(digits) && number >= 1 && number <= LARGEST) return number;
  const whose = what === "dispatch" ? "the number of a dispatch" : "the number of an issue or pull request";
  const why = /^\d+$/.test(digits) && number > LARGEST ? "it is too large" : "those are 1, 2, 3 and so on";
  throw new Problem("usage", `"${short(said)}" is not ${whose}: ${why}.`, {
    hint: what === "dispatch" ? "rally status" : "rally dispatch 42",
  });
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
