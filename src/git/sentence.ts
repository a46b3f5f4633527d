/** The one line of git's stderr that tells a person what went wrong, without credentials. */
export function sentence(stderr: string): string {
  const lines = redact(stderr)
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(hint|warning|remote: *$|Cloning into|From |To )/.test(line));
  const told = lines.find((line) => /^(fatal|error|ERROR)\b/.test(line)) ?? lines[0] ?? "no message";
  const plain = told.replace(/^(fatal|error|ERROR):\s*/, "");
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}

const TOKENS =
  /\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{10,})/g;

/** Takes user names and passwords out of URLs, and known shapes of tokens out of everything. */
export function redact(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, "$1").replace(TOKENS, "***");
}
