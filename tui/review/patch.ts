/** A patch as it is shown: files in order, and every line in one list, so that any part of it can be drawn at once. */
export type Diff = {
  readonly files: readonly DiffFile[];
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
};

export type DiffFile = {
  readonly path: string;
  /** Its name before it was moved. */
  readonly from: string | null;
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  /** Index into the lines: its heading, and after its last. */
  readonly first: number;
  readonly end: number;
  /** Of what changed in it, wherever that stands: the same change has the same one. */
  readonly hash: string;
};

export type DiffLine =
  | { readonly kind: "file"; readonly file: number }
  | { readonly kind: "hunk"; readonly file: number; readonly text: string }
  | {
      readonly kind: "added" | "removed" | "same";
      readonly file: number;
      readonly text: string;
      readonly old: number | null;
      readonly now: number | null;
    }
  | { readonly kind: "note"; readonly file: number; readonly text: string };

type Open = {
  path: string;
  from: string | null;
  added: number;
  removed: number;
  binary: boolean;
  first: number;
  /** What its hash is made of. */
  said: string[];
};

/** Reads what `git diff` prints. Anything that it does not know is a note, never lost. */
export function parsePatch(text: string): Diff {
  const files: DiffFile[] = [];
  const lines: DiffLine[] = [];
  let open: Open | null = null;
  let old = 0;
  let now = 0;
  let inHunk = false;
  const close = () => {
    if (open) files.push(closed(open, lines.length));
  };
  for (const raw of text.split("\n")) {
    if (raw.startsWith("diff --git ")) {
      close();
      open = { ...NEW_FILE, path: pathOf(raw), first: lines.length, said: [] };
      lines.push({ kind: "file", file: files.length });
      inHunk = false;
      continue;
    }
    if (!open) continue;
    const file = files.length;
    const hunk = raw.startsWith("@@") ? /^@@+ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@+(.*)$/.exec(raw) : null;
    if (hunk) {
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      inHunk = true;
      lines.push({ kind: "hunk", file, text: raw });
    } else if (inHunk) {
      const sign = raw[0];
      if (sign === "+") {
        lines.push({ kind: "added", file, text: raw.slice(1), old: null, now: now++ });
        open.added += 1;
        open.said.push(raw);
      } else if (sign === "-") {
        lines.push({ kind: "removed", file, text: raw.slice(1), old: old++, now: null });
        open.removed += 1;
        open.said.push(raw);
      } else if (sign === " ") lines.push({ kind: "same", file, text: raw.slice(1), old: old++, now: now++ });
      else if (raw !== "") lines.push({ kind: "note", file, text: raw });
    } else if (raw !== "") readHead(open, raw, lines, file);
  }
  close();
  return summed(files, lines);
}

/** The diff of some of its files. */
export function withFiles(diff: Diff, wanted: (path: string) => boolean): Diff {
  const files: DiffFile[] = [];
  const lines: DiffLine[] = [];
  for (const file of diff.files.filter((one) => wanted(one.path))) {
    const shift = lines.length - file.first;
    for (const line of diff.lines.slice(file.first, file.end)) lines.push({ ...line, file: files.length });
    files.push({ ...file, first: file.first + shift, end: file.end + shift });
  }
  return summed(files, lines);
}

function summed(files: readonly DiffFile[], lines: readonly DiffLine[]): Diff {
  const sum = (pick: (file: DiffFile) => number) => files.reduce((total, file) => total + pick(file), 0);
  return { files, lines, added: sum((file) => file.added), removed: sum((file) => file.removed) };
}

const NEW_FILE: Omit<Open, "path" | "first" | "said"> = { from: null, added: 0, removed: 0, binary: false };

/** `index …`, `--- a/x`, `+++ b/x`, modes, renames, binary files. */
function readHead(open: Open, raw: string, lines: DiffLine[], file: number): void {
  if (raw.startsWith("+++ ")) {
    const path = nameAfter(raw.slice(4), "b/");
    if (path !== null) open.path = path;
  } else if (raw.startsWith("--- ")) {
    const path = nameAfter(raw.slice(4), "a/");
    if (path !== null) open.path = path;
  } else if (raw.startsWith("rename from ")) open.from = unquote(raw.slice(12));
  else if (raw.startsWith("rename to ")) open.path = unquote(raw.slice(10));
  else if (raw.startsWith("Binary files ") || raw.startsWith("GIT binary patch")) {
    open.binary = true;
    lines.push({ kind: "note", file, text: "a binary file" });
  } else if (/^(new|deleted) file mode|^(old|new) mode/.test(raw))
    lines.push({ kind: "note", file, text: raw });
  if (!raw.startsWith("index ") || open.binary) open.said.push(raw);
  else open.said.push(raw.split(" ").at(-1) ?? "");
}

function closed(open: Open, end: number): DiffFile {
  const { said, ...rest } = open;
  return { ...rest, end, hash: Bun.hash(`${open.path}\n${said.join("\n")}`).toString(36) };
}

function pathOf(head: string): string {
  const names = head.slice("diff --git ".length);
  const quoted = /"b\/((?:[^"\\]|\\.)*)"$/.exec(names);
  if (quoted) return unquote(`"${quoted[1]}"`);
  const middle = names.lastIndexOf(" b/");
  return middle < 0 ? names : names.slice(middle + 3);
}

function nameAfter(text: string, prefix: string): string | null {
  const name = unquote(text.replace(/\t$/, ""));
  return name.startsWith(prefix) ? name.slice(prefix.length) : null;
}

/** Names with quotes or control characters are written like strings of C. */
function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  const bytes: number[] = [];
  for (const [part] of text.slice(1, -1).matchAll(/\\[0-7]{3}|\\.|[^\\]+/gs)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else
      bytes.push(
        ...new TextEncoder().encode(part.startsWith("\\") ? (ESCAPES[part[1] ?? ""] ?? part[1] ?? "") : part),
      );
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
