/**
 * What is put in front of all inside the walls, which die with the first process among them: when it is asked to end it
 * lets the agent end, then waits up to ten seconds for what outlives it. An agent that was started by a wrapper of its
 * own loses that at once, while it is still writing its session down.
 * Its variables begin with `_`, because one that is in the environment would be passed on.
 */
export const LINGER: readonly string[] = [
  "/bin/sh",
  "-c",
  `
_asked=
trap _asked=1 TERM HUP
trap : INT QUIT
[ -z "$_asked" ] || exit 143
"$@"
_code=$?
trap : TERM HUP
others() {
  for _p in /proc/[0-9]*; do
    case $_p in /proc/1 | "/proc/$$") ;; *) [ ! -e "$_p" ] || return 0 ;; esac
  done
  return 1
}
_left=100
while [ -n "$_asked" ] && [ "$_left" -gt 0 ] && others; do
  sleep 0.1
  _left=$((_left - 1))
done
exit "$_code"
`,
  "rally-walls",
];
