import { html } from "./html.ts";
import { shell } from "./shell.ts";

/** A page of one sentence and what may be typed. */
export function messagePage(sentence: string, hint: string | null): string {
  return shell({
    title: "Rally",
    now: 0,
    heartbeat: null,
    body: html`<h1>${sentence}</h1>${hint !== null && html`<p><code>${hint}</code></p>`}<p><a href="/">To what is going on</a></p>`,
  });
}

/** Where a token is wanted: a person types it once. */
export function tokenPage(): string {
  return shell({
    title: "Rally",
    now: 0,
    heartbeat: null,
    body: html`<h1>This page wants its token</h1>
<form method="get" action="/"><p><label>Token <input name="token" type="password" autocomplete="current-password" required></label> <button>Go on</button></p></form>
<p>It is <code>web.token</code> in Rally's config.yaml.</p>`,
  });
}
