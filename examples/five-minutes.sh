#!/usr/bin/env bash
# The first five minutes with Leat, as the README shows them, and that they end as it says: each step fails loudly otherwise.
# Uses a folder and a port of its own, and leaves nothing behind.
#
#   LEAT   the program (default: the script leat in the folder above)
set -Eeuo pipefail

program=${LEAT:-$(cd "$(dirname "$0")/.." && pwd)/leat}
home=$(mktemp -d)
dev='' url=''

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '\nFAILED: %s\n' "$*" >&2
  [ ! -f "$home/err" ] || sed 's/^/  dev: /' "$home/err" >&2
  exit 1
}

clean() {
  if [ -n "$dev" ] && kill -0 "$dev" 2> /dev/null; then
    kill "$dev"
    wait "$dev" || true
  fi
  rm -rf "$home"
}
trap clean EXIT
trap 'fail "line $LINENO: \"$BASH_COMMAND\" ended with $?"' ERR

leat() { "$program" "$@"; }
curl() { command curl --silent --show-error --fail --max-time 20 "$@" && echo; }

start() {
  "$program" dev --data "$home/data" --port 0 > "$home/out" 2> "$home/err" &
  dev=$!
  for _ in $(seq 600); do
    url=$(sed -n 's|^Leat .* is ready at \(http://[0-9.:]*\)/ .*|\1|p' "$home/out")
    [ -z "$url" ] || break
    kill -0 "$dev" 2> /dev/null || fail 'leat dev ended before it was ready'
    sleep 0.1
  done
  [ -n "$url" ] || fail 'leat dev was not ready within a minute'
  export LEAT_SERVER_URL=$url
  head -n 1 "$home/out"
}

stop() {
  kill -TERM "$dev"
  local code=0
  wait "$dev" || code=$?
  dev=''
  [ "$code" -eq 0 ] || fail "leat dev ended with $code when it was told to stop; expected 0"
}

# The states of all jobs, sorted, such as "completed completed discarded".
states() { leat jobs list --json | sed 's/.*"state":"\([a-z]*\)".*/\1/' | sort | tr '\n' ' ' | sed 's/ $//'; }

expect() {
  local seen=''
  for _ in $(seq 60); do
    seen=$(states)
    if [ "$seen" = "$1" ]; then
      echo "all as expected: $1"
      return 0
    fi
    sleep 0.2
  done
  fail "the jobs are \"$seen\"; expected \"$1\""
}

say 'Start Leat, with a PostgreSQL that it brings along'
start

say 'Enqueue three jobs: one that waits, one that fails, one that calls a URL'
# shellcheck disable=SC2086 # as the README shows it; a URL has no spaces
{
  curl $url/api/v1/jobs -H 'Content-Type: application/json' -d '{"kind":"sleep","payload":{"millis":500}}'
  leat enqueue default fail '{"message":"out of ink","attempts":1}' --max-attempts 1
  leat enqueue default http '{"url":"'$url'/livez"}'
}
expect 'completed completed discarded'

say 'See what failed, and why'
leat jobs list
listed=$(leat jobs list)
grep -q 'fail .* discarded .* out of ink' <<< "$listed" || fail 'the list does not tell that the job failed'
id=$(leat jobs list --state discarded --json | sed 's/^{"id":"\([0-9a-z]*\)".*/\1/')

say "Retry it: its second run completes"
leat jobs retry "$id"
expect 'completed completed completed'
leat jobs show "$id"

say 'Stop, start again, and find everything still there'
stop
start
expect 'completed completed completed'
leat queues list
stop

say 'Done.'
