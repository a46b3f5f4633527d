# await <pattern> <command…>: types it until what comes back has the pattern, for 10 seconds at most.
pattern=$1; shift
tries=0
while ! said=$("$@" 2>&1) || ! printf '%s\n' "$said" | grep -qe "$pattern"; do
  tries=$((tries + 1))
  if [ "$tries" -ge 50 ]; then printf 'never said %s, at last:\n%s\n' "$pattern" "$said" >&2; exit 1; fi
  sleep 0.1
done
