/** A line of text being typed; `at` counts UTF-16 units. */
export type Field = { readonly text: string; readonly at: number };

export const EMPTY_FIELD: Field = { text: "", at: 0 };

export function fieldOf(text: string): Field {
  return { text, at: text.length };
}

export type Edit =
  | { readonly edit: "insert"; readonly text: string }
  | { readonly edit: "backspace" | "delete" | "left" | "right" | "home" | "end" | "word" | "clear" };

/** The field after one edit; the cursor never stands inside a character. */
export function edited(field: Field, edit: Edit): Field {
  const before = field.text.slice(0, field.at);
  const after = field.text.slice(field.at);
  switch (edit.edit) {
    case "insert":
      return { text: before + edit.text + after, at: field.at + edit.text.length };
    case "backspace": {
      const kept = before.slice(0, before.length - lastLength(before));
      return { text: kept + after, at: kept.length };
    }
    case "delete":
      return { text: before + after.slice(firstLength(after)), at: field.at };
    case "left":
      return { ...field, at: field.at - lastLength(before) };
    case "right":
      return { ...field, at: field.at + firstLength(after) };
    case "home":
      return { ...field, at: 0 };
    case "end":
      return { ...field, at: field.text.length };
    case "word": {
      const kept = before.replace(/\S*\s*$/, "");
      return { text: kept + after, at: kept.length };
    }
    case "clear":
      return EMPTY_FIELD;
  }
}

const GRAPHEMES = new Intl.Segmenter();

function lastLength(text: string): number {
  // A character is seldom longer than this; a whole long text is not cut into characters at each key.
  const tail = text.slice(-64);
  return [...GRAPHEMES.segment(tail)].at(-1)?.segment.length ?? 0;
}

function firstLength(text: string): number {
  const [first] = GRAPHEMES.segment(text.slice(0, 64));
  return first?.segment.length ?? 0;
}
