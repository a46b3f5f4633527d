# An agent that reviews: it writes what Rally's context asks for, and says so.
cat >/dev/null
head=$(git rev-parse HEAD)
mkdir -p "$1/.rally/run"
printf '# Review\n\n**Verdict**: approve\n\n- minor, cache.txt:1: say how long it lives (%s)\n' "$head" >"$1/.rally/run/REVIEW.md"
echo "Reviewed $head"
