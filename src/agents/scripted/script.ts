export const MOODS = [
  "finish",
  "dirty",
  "nothing",
  "ask",
  "crash",
  "hang",
  "slow",
  "stubborn",
  "background",
  "auth",
  "deny",
  "review",
] as const;
export type Mood = (typeof MOODS)[number];

/**
 * `sh scripted.sh <mood> <session> new|resume [attach]`, the prompt on stdin. One JSON object a line on stdout. Only
 * what POSIX sh and git have, so that it runs wherever a compiled Rally does.
 */
export const SCRIPT = `#!/bin/sh
# Rally's scripted agent: a real process that behaves like an agent of the given mood.
mood=$1 session=$2 way=$3
pace=\${RALLY_SCRIPTED_PACE:-0}

pause() { [ "$pace" = 0 ] || sleep "$pace"; }
emit() { printf '%s\\n' "$1"; }
words() { pause; emit "{\\"type\\":\\"words\\",\\"text\\":\\"$1\\"}"; }
tool() { pause; emit "{\\"type\\":\\"tool\\",\\"name\\":\\"$1\\",\\"input\\":\\"$2\\"}"; }
stage() { command -v rally >/dev/null 2>&1 && rally declare-stage "$1" >/dev/null 2>&1; return 0; }
finish() { emit '{"type":"usage","input":1200,"output":340,"cost":0.01}'; emit '{"type":"end","verdict":"ok"}'; exit 0; }
fail() { emit "{\\"type\\":\\"end\\",\\"verdict\\":\\"failed\\",\\"message\\":\\"$1\\"}"; exit 1; }

edit() {
  tool edit NOTES.md
  if [ "$way" = resume ]; then line="- went on after a message"; else line="- done by the scripted agent"; fi
  [ -f NOTES.md ] || printf '# Notes on %s\\n\\n' "$(git branch --show-current)" >NOTES.md
  printf '%s\\n' "$line" >>NOTES.md
}
commit() {
  tool shell "git commit"
  git add NOTES.md || fail "git add failed"
  git config user.email >/dev/null || set -- -c user.name=scripted -c user.email=scripted@localhost
  git "$@" commit -q -m "\${message:-Take notes on the task}" || fail "git commit failed"
}
review() {
  mkdir -p .rally/run
  changed=$(git show --name-only --format= HEAD | head -n 1)
  printf '# Review\\n\\nVerdict: comment\\n\\nIt does what it says.\\n\\n## Findings\\n\\n### Low\\n\\n- \`%s:1\`: no test.\\n' "$changed" >.rally/run/REVIEW.md
}
work() { stage setup; words "Reading the context."; stage coding; edit; commit; stage closeout; words "Done: NOTES.md says what was done."; finish; }

emit "{\\"type\\":\\"start\\",\\"session\\":\\"$session\\",\\"mood\\":\\"$mood\\",\\"way\\":\\"$way\\"}"
[ "\${4:-}" = attach ] || cat >/dev/null
case $mood in
  finish) work ;;
  dirty) stage coding; edit; words "Edited, and not committed."; finish ;;
  nothing) words "There was nothing to do."; finish ;;
  ask)
    [ "$way" = new ] || work
    stage setup
    tool shell "rally ask"
    answer=$(rally ask "Should an empty password be refused, or ask again?") && { words "Answered."; work; }
    words "I need an answer before I can go on."; finish ;;
  crash) stage coding; edit; words "Running the tests."; kill -s SEGV $$ ;;
  hang) stage setup; words "Thinking."; while :; do sleep 3600; done ;;
  slow) stage coding; edit; while :; do words "Still at it."; [ "$pace" != 0 ] || sleep 1; done ;;
  stubborn) trap '' TERM INT HUP; words "I do not stop when asked."; while :; do sleep 1; done ;;
  background) (trap '' HUP TERM; exec sleep 3600) </dev/null >/dev/null 2>&1 & work ;;
  auth) fail "Not logged in: please run the login command" ;;
  deny) tool shell "git push"; git push >/dev/null 2>&1 && fail "the push went through"; emit '{"type":"denied","what":"shell: git push"}'; work ;;
  review) words "Reading the pull request."; tool edit REVIEW.md; review; words "Done: REVIEW.md has a verdict."; finish ;;
  *) echo "error: unknown mood $mood" >&2; exit 2 ;;
esac
`;
