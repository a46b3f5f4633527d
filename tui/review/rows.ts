import { type Row, row, type Span, span } from "../frame.ts";
import { coloured } from "../syntax.ts";
import { expand } from "../text.ts";
import type { Diff, DiffFile, DiffLine } from "./patch.ts";

/** One line of a diff: its number, its sign, its code in colours. Never colour alone: the sign stays. */
export function diffRow(
  diff: Diff,
  line: DiffLine,
  options: { readonly numbers: boolean; readonly mark?: Span },
): Row {
  const file = diff.files[line.file];
  const mark: readonly Span[] = options.mark === undefined ? [] : [options.mark];
  const beside = mark.length > 0 ? [" "] : [];
  if (line.kind === "file") return row([...mark, ...beside, ...(file ? fileSpans(file) : [])], "bar");
  if (line.kind === "hunk") return row([...mark, span(expand(line.text), "accent")], "hunk");
  const number = options.numbers ? [span(numberOf(line), "dim")] : [];
  if (line.kind === "note") return row([...mark, ...number, span(` ${expand(line.text)}`, "dim")]);
  const code = coloured(file?.path ?? "", expand(line.text));
  if (line.kind === "same") return row([...mark, ...number, " ", ...code]);
  const added = line.kind === "added";
  return row(
    [...mark, ...number, span(added ? "+" : "-", added ? "good" : "bad"), ...code],
    added ? "added" : "removed",
  );
}

const DIGITS = 5;

function numberOf(line: DiffLine): string {
  if (line.kind === "file" || line.kind === "hunk" || line.kind === "note") return " ".repeat(DIGITS + 1);
  return `${String(line.now ?? line.old ?? "").padStart(DIGITS)} `;
}

function fileSpans(file: DiffFile): readonly Span[] {
  return [
    span(file.path, "strong"),
    ...(file.from ? [span(` (was ${file.from})`, "dim")] : []),
    " ",
    ...(file.binary
      ? [span("binary", "dim")]
      : [span(`+${file.added}`, "good"), " ", span(`−${file.removed}`, "bad")]),
  ];
}
