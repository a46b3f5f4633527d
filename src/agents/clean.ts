/**
 * Text from GitHub as a person would see it, safe to stand inside a fence (safety.md 5). Taken out: hidden HTML
 * comments and link definitions used as such, images' alt texts, invisible and bidirectional characters, control
 * characters, and anything that looks like a tag of ours or like a chat role, in any case, spacing or look-alike
 * letters. What is taken out leaves a note, so that the rest cannot close up to something new.
 */
export function cleanText(text: string): string {
  const visible = text
    .replace(/\r\n?/g, "\n")
    .replace(ESCAPES, "")
    .replace(INVISIBLE, "")
    .replace(CONTROL, "");
  const shown = visible
    .replace(/<!--[\s\S]*?(-->|$)/g, "(hidden comment removed)")
    .replace(/^ {0,3}\[[^\]\n]*\]:[ \t]*(#|<>)?[ \t]*[("'].*$/gm, "(hidden comment removed)")
    .replace(/^( {0,3}\[[^\]\n]*\]:[ \t]*\S+)[ \t]+["'(].*$/gm, "$1")
    .replace(/!\[(?:[^[\]]|\[[^[\]]*\])*\](?=[([])/g, "![image]")
    .replace(/(\]\([^\s)]{0,2000})[ \t]+("[^"\n]*"|'[^'\n]*')\)/g, "$1)")
    .replace(/<\s*img\b([^>]*)(>|$)/gi, (_, attributes: string) => image(attributes));
  return withoutTags(shown);
}

/** One line of it, for titles, labels and names. */
export function cleanLine(text: string, maxChars = 200): string {
  const line = cleanText(text).replace(/\s+/g, " ").trim();
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}

const ESCAPES = new RegExp(
  `${String.fromCharCode(27)}(\\[[0-?]*[ -/]*[@-~]|\\][^${String.fromCharCode(7)}]*)`,
  "g",
);
const INVISIBLE =
  /\p{Cf}|\p{Variation_Selector}|\p{Default_Ignorable_Code_Point}|[\u2800\uFFF0-\uFFFB]|[\u{E0000}-\u{E0FFF}]/gu;
const CONTROL = /[\p{Cs}\p{Co}]|(?![\n\t])\p{Cc}/gu;

/** Opening or closing, with or without attributes; searched for in folded text, where letters are plain and small. */
const TAG =
  /<{1,9}\s{0,20}[/\\|]?\s{0,20}(end\s+)?(un)?(trusted|rally)[^<>\n]{0,200}>{0,9}|<\s*[/\\|]?\s*(system|instructions?|im_start|im_end)([-_ ][a-z_-]{0,40})?\s*[|/]?\s*>|\[\s*[/\\]?\s*(inst|rally[^\]\n]{0,120})\s*\]/g;

function image(attributes: string): string {
  const source = /\bsrc\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/i.exec(attributes)?.[1];
  return source ? `(image: ${source.replace(/["'\s<>]/g, "")})` : "(image)";
}

function withoutTags(text: string): string {
  const { folded, from } = fold(text);
  let out = "";
  let done = 0;
  for (const match of folded.matchAll(TAG)) {
    const start = from[match.index] ?? text.length;
    const end = from[match.index + match[0].length] ?? text.length;
    if (start < done) continue;
    out += `${text.slice(done, start)}(tag removed)`;
    done = end;
  }
  return out + text.slice(done);
}

/** The text in plain small letters, and for each of its units where it came from. */
function fold(text: string): { readonly folded: string; readonly from: readonly number[] } {
  let folded = "";
  const from: number[] = [];
  let index = 0;
  for (const character of text) {
    const plain = foldCharacter(character);
    for (let unit = 0; unit < plain.length; unit++) from.push(index);
    folded += plain;
    index += character.length;
  }
  from.push(index);
  return { folded, from };
}

function foldCharacter(character: string): string {
  if (character < "\u0080") return character.toLowerCase();
  const base = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return Array.from(base, (letter) => LOOK_ALIKES[letter] ?? letter).join("");
}

const LOOK_ALIKES: Readonly<Record<string, string>> = pairs(
  "аa еe оo рp сc уy хx ѕs іi јj ԁd һh ӏl ԛq ԝw вb нh кk мm тt гr пn зz " +
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ѵv ɑa ɡg ıi ʟl ɪi ʀr ʏy ꜱs ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz øo łl đd " +
    "‹< ›> 〈< 〉> ⟨< ⟩> ❮< ❯> ❰< ❱> ˂< ˃> ᐸ< ᐳ> ⧼< ⧽> 《< 》> «< »> ≺< ≻> ⁄/ ∕/ ⧸/ ╱/ ⟋/ ∣| ǀ| ❘| –- —- ‐- ‑- ‒- ―- −- ⁃- ﹘- ㅡ- ─- ━-",
);

function pairs(list: string): Record<string, string> {
  return Object.fromEntries(
    list.split(" ").map((pair) => {
      const [odd = "", ...plain] = Array.from(pair);
      return [odd, plain.join("")];
    }),
  );
}
