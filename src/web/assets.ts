import { asset } from "./assets.macro.ts" with { type: "macro" };

type Asset = { readonly path: string; readonly type: string; readonly text: string };

const style = asset("page.css");
const script = asset("live.js");
const icon = asset("icon.svg");

/** The three files beside the pages, each under the hash of what it holds: they may be kept for ever. */
export const ASSETS: Readonly<Record<"style" | "script" | "icon", Asset>> = {
  style: { path: `/assets/${style.hash}.css`, type: "text/css; charset=utf-8", text: style.text },
  script: { path: `/assets/${script.hash}.js`, type: "text/javascript; charset=utf-8", text: script.text },
  icon: { path: `/assets/${icon.hash}.svg`, type: "image/svg+xml", text: icon.text },
};

/** Another one than before: the page's own files are others, and it has to be loaded anew. */
export const BUILD = `${style.hash}${script.hash}`;

export function assetAt(path: string): Asset | null {
  return Object.values(ASSETS).find((known) => known.path === path) ?? null;
}
