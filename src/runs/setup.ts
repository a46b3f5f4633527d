import { createHash } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Mode } from "../domain/words.ts";
import { changing } from "../files.ts";
import { readPiece, readPlain } from "../process/plain.ts";

type Place = { readonly mode: Mode; readonly worktree: string; readonly runDir: string };

/**
 * What is put in front of an agent's argv, so that `setup.script` runs first: in the worktree, within the same walls,
 * with the agent's environment, its output in the run's log. Once a worktree, as a mark beside the context says; again
 * where the script was changed or the worktree made again. Where it fails or takes longer than
 * `setup.timeout_minutes`, the agent is not executed. Nothing for `read-only`: what is not trusted is not built.
 */
export function setupInFront({ setup }: Config, { mode, worktree, runDir }: Place): readonly string[] {
  const { script, timeoutMinutes } = setup;
  if (script === null || mode === "read-only") return [];
  const mark = join(
    worktree,
    ".rally/run",
    `setup-${createHash("sha256").update(script).digest("hex").slice(0, 12)}`,
  );
  changing(note(runDir), () => writeFileSync(note(runDir), `${mark}\n`, { mode: 0o600 }));
  return ["/bin/sh", "-c", FIRST, "rally-setup", mark, String(timeoutMinutes * 60), script];
}

/** Why a run never came to its agent, with the script's last line where there is a log; null where it did. */
export function setupFailure(runDir: string, exitCode: number | null): string | null {
  if (exitCode !== SETUP_FAILED || !failed(runDir)) return null;
  const lines = tail(join(runDir, "log"))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const ours = lines.findLast((line) => line.startsWith(SAYS));
  const last = lines.slice(0, ours === undefined ? undefined : lines.lastIndexOf(ours)).at(-1);
  const why = ours?.slice(SAYS.length) ?? "the setup script failed";
  return last === undefined ? why : `${why}: ${last.trim().slice(0, LINE_CHARS)}`;
}

/** No code of ours: 125 is the wrapper's, 126 and 127 are the shell's. An agent that returns it has left the mark. */
const SETUP_FAILED = 124;
const SAYS = "rally: ";
const LINE_CHARS = 300;
const TAIL_BYTES = 8 * 1024;

/**
 * The watcher asks the script to end, then kills it; what the script has left is swept when the run ends. It reads
 * nothing, because the agent's prompt is waiting on stdin. What the shell says of a script that was killed is left out:
 * the script's own last words tell more. Its variables begin with `_`, because one that is in the
 * environment would be passed on.
 */
const FIRST = `
_mark=$1 _seconds=$2 _script=$3
shift 3
[ -e "$_mark" ] && exec "$@"
/bin/sh -c "$_script" </dev/null &
_job=$!
(
  trap 'exit 0' TERM
  sleep "$_seconds" &
  trap 'kill "$!" 2>/dev/null; exit 0' TERM
  wait "$!"
  trap '' TERM
  kill -s TERM "$_job" 2>/dev/null
  for _i in 1 2 3 4 5; do sleep 1; kill -0 "$_job" 2>/dev/null || exit 9; done
  kill -s KILL "$_job" 2>/dev/null
  exit 9
) </dev/null &
_watch=$!
wait "$_job" 2>/dev/null
_code=$?
kill -s TERM "$_watch" 2>/dev/null
wait "$_watch" 2>/dev/null
if [ $? -eq 9 ]; then
  echo "${SAYS}the setup script took more than $((_seconds / 60)) min (setup.timeout_minutes)" >&2
elif [ "$_code" -ne 0 ]; then
  echo "${SAYS}the setup script failed (exit $_code)" >&2
elif : >"$_mark"; then
  exec "$@"
fi
exit ${SETUP_FAILED}
`;

/** The last lines of a file; nothing where there is none. */
function tail(path: string): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return readPiece(path, Math.max(0, size - TAIL_BYTES), TAIL_BYTES).toString("utf8");
}

function failed(runDir: string): boolean {
  const mark = readPlain(note(runDir))?.trim();
  return mark !== undefined && readPlain(mark) === null;
}

function note(runDir: string): string {
  return join(runDir, "setup");
}
