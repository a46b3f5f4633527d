import { plural } from "../app/ago.ts";
import type { Changes } from "../app/page-diff.ts";
import { type Html, html, withoutEscapes } from "./html.ts";

const MOST_LINES = 2_500;
const MOST_FILES = 200;
/** So many changed lines are shown without a click. */
const OPEN_LINES = 120;
const LONG_LINE = 2_000;

/** Files changed, each with its patch; everything in it is text. */
export function changesView(changes: Changes, id: number): Html {
  if (changes.state === "busy")
    return html`<p class="empty">Git is still comparing; what it finds is here in a moment.</p>`;
  if (changes.state === "none") return html`<p class="empty">${changes.why}</p>`;
  if (changes.text === "") return html`<p class="empty">It changes nothing.</p>`;
  const patches = split(changes.text);
  const { shown, cut } = bounded(patches);
  const list = changes.files
    .slice(0, MOST_FILES)
    .map(
      (file) =>
        html`<tr><th scope="row">${file.from === null ? "" : `${file.from} → `}${file.path}</th><td class="plus">${file.insertions === null ? "binary" : `+${file.insertions}`}</td><td class="minus">${file.deletions === null ? "" : `−${file.deletions}`}</td></tr>`,
    );
  const open = changes.text.split("\n", OPEN_LINES + 1).length <= OPEN_LINES;
  const more =
    cut && html`<p class="hint">There is more than a page shows. <code>rally diff ${id}</code></p>`;
  return html`<p class="hint">${plural(changes.files.length, "file")} against the base</p>
<table class="files"><thead class="sr"><tr><th scope="col">file</th><th scope="col">added</th><th scope="col">removed</th></tr></thead><tbody>${list}</tbody></table>
${shown.map((patch) => html`<details class="patch" data-key="f-${patch.name}"${open ? html` open` : null}><summary>${patch.name}</summary><pre class="diff">${patch.lines.map(line)}</pre></details>`)}${more}`;
}

type Patch = { readonly name: string; readonly lines: readonly string[] };

function split(text: string): Patch[] {
  const parts = text.split(/^(?=diff --git )/m).filter((part) => part.startsWith("diff --git "));
  return parts.map((part) => {
    const lines = part.replace(/\n$/, "").split("\n");
    const header = lines[0] ?? "";
    const path = / b\/(.*)$/.exec(header)?.[1] ?? header.slice("diff --git ".length);
    const from = lines.findIndex((one) => one.startsWith("@@") || one.startsWith("Binary "));
    return { name: path, lines: from < 0 ? lines.slice(1) : lines.slice(from) };
  });
}

function bounded(patches: readonly Patch[]): { readonly shown: readonly Patch[]; readonly cut: boolean } {
  const shown: Patch[] = [];
  let left = MOST_LINES;
  for (const patch of patches) {
    if (left <= 0 || shown.length >= MOST_FILES) return { shown, cut: true };
    shown.push({ name: patch.name, lines: patch.lines.slice(0, left) });
    left -= patch.lines.length;
  }
  return { shown, cut: left < 0 };
}

const KINDS: Readonly<Record<string, string>> = { "+": "add", "-": "del", "@": "hunk", "\\": "note" };

function line(text: string): Html {
  const kind = KINDS[text[0] ?? ""] ?? "same";
  const clean = withoutEscapes(text);
  const shown = clean.length > LONG_LINE ? `${clean.slice(0, LONG_LINE)}…` : clean;
  return html`<span class="${kind}">${shown}
</span>`;
}
