/**
 * The files of a checkout that an agent takes its orders, tools or programs from (`docs/agents.md` says which agent
 * reads what). Those of the first list are read in any folder, those of the second at the root alone.
 */
const ANYWHERE =
  /(^|\/)(\.claude|\.codex|\.opencode|\.gemini|\.copilot|\.cursor|\.agents|\.claude-plugin|\.mcp\.json|\.cursorrules|AGENTS(\.override|\.local)?\.md|CLAUDE(\.local)?\.md|GEMINI\.md|CONTEXT\.md|(opencode|tui)\.jsonc?)(\/|$)/iu;
const AT_ROOT =
  /^(\.env|\.geminiignore|\.vscode\/mcp\.json|\.github\/(agents|chatmodes|copilot|copilot-instructions\.md|extensions|hooks|instructions|lsp\.json|mcp\.json|plugin|prompts|skills))(\/|$)/iu;
const WORKFLOWS = /^\.github\/workflows(\/|$)/iu;

/** Whether an agent may read its configuration there, on a file system that folds case or ignores characters, too. */
export function isAgentFile(path: string): boolean {
  const name = folded(path);
  return ANYWHERE.test(name) || AT_ROOT.test(name);
}

/** A link or a submodule at such a path would bring in files of that kind under another name. */
export function isAgentFolder(path: string): boolean {
  return isAgentFile(path) || /^\.(github|vscode)$/iu.test(folded(path));
}

/** What a person is asked about first: agents' files, and what runs by itself on GitHub. */
export function givesOrders(path: string): boolean {
  return isAgentFile(path) || WORKFLOWS.test(folded(path));
}

/** macOS looks through these characters, and takes composed and decomposed letters for the same. */
function folded(path: string): string {
  return path.normalize("NFKC").replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]/gu, "");
}
