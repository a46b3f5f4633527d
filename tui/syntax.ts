import { type Span, span } from "./frame.ts";

/** Colours for one line of code, by the file's name: words that many languages share, strings, numbers, comments. */
export function coloured(path: string, code: string): readonly Span[] {
  const family = FAMILIES.find((one) => one.files.test(path));
  if (!family || code.length > LONGEST) return [code];
  const spans: Span[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") spans.push(plain);
    plain = "";
  };
  for (const [text] of code.matchAll(family.tokens)) {
    const tone = toneOf(text, family);
    if (tone === null) plain += text;
    else {
      flush();
      spans.push(span(text, tone));
    }
  }
  flush();
  return spans;
}

const LONGEST = 600;

type Family = {
  readonly files: RegExp;
  readonly tokens: RegExp;
  readonly words: ReadonlySet<string>;
  readonly comment: readonly string[];
};

function toneOf(text: string, family: Family): "comment" | "string" | "number" | "keyword" | null {
  if (family.comment.some((sign) => text.startsWith(sign))) return "comment";
  if (/^["'`]/.test(text)) return text.length > 1 ? "string" : null;
  if (/^\d/.test(text)) return "number";
  return family.words.has(text) ? "keyword" : null;
}

const STRINGS = `"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|\`(?:[^\`\\\\]|\\\\.)*\`?`;
const REST = "\\d[\\w.]*|[A-Za-z_$][\\w$]*|\\s+|[\\s\\S]";

function family(files: RegExp, comments: string, signs: readonly string[], words: string): Family {
  return {
    files,
    tokens: new RegExp(`${comments}|${STRINGS}|${REST}`, "g"),
    words: new Set(words.split(" ")),
    comment: signs,
  };
}

const C_LIKE =
  "abstract as async await bool boolean break case catch char class const continue default defer delete do else enum export extends extern false final finally float fn for from func function go goto if impl implements import in instanceof int interface internal is let long loop match mod module mut namespace new nil null of operator override package private protected pub public range readonly return satisfies select self short static string struct super switch template this throw throws trait true try type typedef typeof undefined union unsafe use using val var virtual void volatile when where while with yield";
const HASHED =
  "alias and as assert async await begin break case class continue def defined del do done elif else elsif end ensure except exec export false fi finally for from function global if import in is lambda local module nil nonlocal not null or pass print raise redo require rescue retry return self set super switch then true try undef unless until when while with yield True False None";

const FAMILIES: readonly Family[] = [
  family(
    /\.(m?[jt]sx?|c[jt]s|go|rs|java|kt|kts|c|h|cc|cpp|hpp|cs|swift|scala|php|dart|zig|json5?|proto)$/i,
    "\\/\\/.*|\\/\\*.*?(?:\\*\\/|$)",
    ["//", "/*"],
    C_LIKE,
  ),
  family(
    /\.(py|rb|sh|bash|zsh|fish|ya?ml|toml|pl|r|ex|exs|nix|tf|conf|ini)$|(^|\/)(Dockerfile|Makefile|Rakefile|Gemfile)$/i,
    "#.*",
    ["#"],
    HASHED,
  ),
  family(
    /\.(sql|lua|hs)$/i,
    "--.*",
    ["--"],
    `${C_LIKE} SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE INDEX DROP ALTER ADD VALUES JOIN LEFT INNER ON GROUP BY ORDER LIMIT AND OR NOT NULL PRIMARY KEY local then end elseif`,
  ),
  family(/\.(css|scss|less)$/i, "\\/\\*.*?(?:\\*\\/|$)", ["/*"], "important media import from to"),
];
