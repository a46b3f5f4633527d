import { givesOrders } from "../domain/agent-files.ts";
import { textFlag } from "../domain/grammar-parsed.ts";
import type { AskTrust } from "../domain/words.ts";
import type { GitHub, Pull } from "../github/github.ts";
import type { Call } from "./call.ts";

/** What is asked about before somebody else's text is handed to an agent (safety.md 6). */
export type TrustSubject = {
  readonly author: string;
  readonly repo: string;
  readonly ownerKind: "user" | "organization" | null;
  readonly pull: Pull | null;
  /** Paths that a pull request changes. */
  readonly paths: readonly string[];
};

/**
 * The reasons to ask a person first, each a sentence; empty when there is none. A lookup that fails is a reason:
 * trust fails closed.
 */
export async function trustWarnings(github: GitHub, subject: TrustSubject): Promise<string[]> {
  const [viewer, member] = await Promise.all([
    attempt(async () => (await github.viewer()).login),
    attempt(() => membership(github, subject)),
  ]);
  const warnings: string[] = [];
  if (viewer.failed) warnings.push(`It could not be checked who you are on GitHub (${viewer.why}).`);
  else if (viewer.value.toLowerCase() !== subject.author.toLowerCase())
    warnings.push(`It was written by ${subject.author}, not by you.`);
  if (member.failed)
    warnings.push(`It could not be checked whether you belong to ${subject.repo} (${member.why}).`);
  else if (!member.value)
    warnings.push(`You are not a member of the organisation that owns ${subject.repo}.`);
  return [...warnings, ...pullWarnings(subject)];
}

/** Whether the warnings must be asked about at all. */
export function mustAsk(ask: AskTrust, trustedAt: number | null, warnings: readonly string[]): boolean {
  if (warnings.length === 0 || ask === "never") return false;
  return ask === "always" || trustedAt === null;
}

/** In a chat it may be answered much later: what is trusted is what was shown. */
export function trustAt(call: Call, head: string | null): string {
  const bound = head !== null && (call.surface === "chat" || textFlag(call.parsed, "head") !== null);
  return bound ? ` --head ${head}` : "";
}

function pullWarnings(subject: TrustSubject): string[] {
  const { pull } = subject;
  if (!pull) return [];
  const warnings: string[] = [];
  if (isFork(pull)) warnings.push(`Its code comes from a fork (${pull.head.repo ?? "deleted since"}).`);
  const touched = subject.paths.filter(givesOrders);
  if (touched.length > 0)
    warnings.push(`It changes what agents or workflows are told: ${touched.slice(0, 5).join(", ")}.`);
  return warnings;
}

/** A head whose repository is gone may have been anybody's. */
export function isFork({ head, base }: Pull): boolean {
  return head.repo === null || head.repo.toLowerCase() !== base.repo.toLowerCase();
}

async function membership(github: GitHub, subject: TrustSubject): Promise<boolean> {
  if (subject.ownerKind === "user") return true;
  return await github.isMember(subject.repo.split("/")[0] ?? subject.repo);
}

/** Another's sentence inside one of ours: without its full stop. */
function inBrackets(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

type Attempt<T> =
  | { readonly failed: false; readonly value: T }
  | { readonly failed: true; readonly why: string };

async function attempt<T>(look: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { failed: false, value: await look() };
  } catch (error) {
    return { failed: true, why: inBrackets(error instanceof Error ? error.message : String(error)) };
  }
}
