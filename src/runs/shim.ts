import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changing } from "../files.ts";
import type { World } from "../world.ts";
import { runFiles } from "./paths.ts";

/**
 * The program `rally` that an agent finds on its PATH. It leaves a line in the run's own inbox, which the tick reads:
 * from inside the walls the database is out of reach, and outside of them it costs no start of a second program.
 * Everything but `declare-stage` and `ask` goes on to the real program where there is one to reach.
 */
export function writeShim(world: World, runId: number, walled: boolean): string {
  const files = runFiles(world.config.home, runId);
  const path = join(files.bin, "rally");
  changing(path, () => {
    mkdirSync(files.bin, { recursive: true, mode: 0o700 });
    mkdirSync(files.answers, { recursive: true, mode: 0o700 });
    writeFileSync(files.inbox, "", { mode: 0o600, flag: "a" });
    writeFileSync(path, script(world, files, walled), { mode: 0o700 });
    chmodSync(path, 0o700);
  });
  return files.bin;
}

function script(
  world: World,
  files: { readonly inbox: string; readonly answers: string },
  walled: boolean,
): string {
  const real = walled ? [] : world.config.program;
  const go =
    real.length > 0
      ? `exec ${real.map(quote).join(" ")} "$@"`
      : 'echo "rally: only declare-stage and ask work from inside a run" >&2; exit 5';
  return `#!/bin/sh
inbox=${quote(files.inbox)}
answers=${quote(files.answers)}
wait=${Math.max(0, Math.floor(world.config.askWaitSeconds))}
leave() { printf '%s\\n' "$1" >>"$inbox"; }
encode() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \\n'; }
case "$1" in
declare-stage)
  case "$2" in
  setup | coding | closeout | pr_testing) leave "stage $2" ;;
  reviewing) echo "rally: reviewing is set by Rally itself, when a review runs" >&2; exit 2 ;;
  *) echo "rally: unknown stage: $2; one of setup, coding, closeout, pr_testing" >&2; exit 2 ;;
  esac ;;
ask)
  [ -n "$2" ] || { echo 'rally: what is the question? rally ask "…"' >&2; exit 2; }
  id=$(date +%s)-$$
  leave "ask $id $(encode "$2")"
  waited=0
  while [ ! -f "$answers/$id" ] && [ "$waited" -lt "$wait" ]; do sleep 1; waited=$((waited + 1)); done
  if [ -f "$answers/$id" ]; then cat "$answers/$id"; : >"$answers/$id.read" 2>/dev/null; exit 0; fi
  echo "Nobody has answered yet. Finish what you can and end your turn; the answer will reach you in a later one." >&2
  exit 75 ;;
*) ${go} ;;
esac
`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
