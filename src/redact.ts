/**
 * The text without secrets: known shapes of tokens, and the configured values. For every sink: log, database, chat,
 * comment, screen, error. Values shorter than six characters are not looked for, since they would be found everywhere.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length < 6) continue;
    clean = clean.replaceAll(secret, HIDDEN);
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) clean = clean.replaceAll(encoded, HIDDEN);
  }
  for (const [shape, replacement] of SHAPES) clean = clean.replace(shape, replacement);
  return clean;
}

const HIDDEN = "[secret]";

/** Each is linear in the length of the text: no repetition within a repetition. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    HIDDEN,
  ],
  [/(?<![A-Za-z0-9])gh[opsur]_[A-Za-z0-9]{16,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])github_pat_\w{16,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])glpat-[\w-]{16,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])xox[a-z](?:\.xox[a-z])?-[\w-]{8,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])xapp-[\w-]{8,}/g, HIDDEN],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g, `$1${HIDDEN}`],
  [/(?<!\d)\d{5,16}:[\w-]{35}(?![\w-])/g, HIDDEN],
  [/(?<![A-Za-z0-9_-])sk-(?=[\w-]{0,200}\d)[\w-]{16,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g, HIDDEN],
  [
    /(aws_?(?:secret_?access_?key|session_?token)[\\"']{0,4}\s{0,4}[=:]\s{0,4}[\\"']{0,4})[\w/+=]{16,}/gi,
    `$1${HIDDEN}`,
  ],
  [/(?<![A-Za-z0-9])AIza[\w-]{30,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g, HIDDEN],
  [/(?<![A-Za-z0-9_-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, HIDDEN],
  [
    /((?:proxy-)?authorization[\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\"']{0,4}(?:(?:bearer|basic|token|bot|digest)\s{1,4})?)[^\s"'\\,;]{4,}/gi,
    `$1${HIDDEN}`,
  ],
  [/(\bbearer\s{1,4})[\w.~+/=-]{16,}/gi, `$1${HIDDEN}`],
  [/(\bhttps?:\/\/)[^\s/@"'<>]{1,2000}@/gi, `$1${HIDDEN}@`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,200}:)[^\s/@"'<>]{1,2000}@/gi, `$1${HIDDEN}@`],
];
