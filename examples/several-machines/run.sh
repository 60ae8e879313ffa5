#!/usr/bin/env bash
# Three servers on one PostgreSQL behind a load balancer: sends events, kills a server with -9, closes another one, and checks that
# each event that was acknowledged took effect once. See docs/several-machines.md.
#
# It listens on the ports 15432 and 18080 to 18083 of this machine.
# It needs curl, python3, Debian's packages haproxy and postgresql (any version from 15), and the built command:
#   ./mvnw -q package -DskipTests -pl meerkat-cli -am
# or a database of yours in MEERKAT_DATABASE, such as postgresql://joe@db.example/app, with the password in PGPASSWORD.
# It ends with 77 if a program is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=examples/several-machines/target
meerkat="${MEERKAT:-meerkat-cli/target/meerkat/bin/meerkat}"
balancer=18080
processes=()
data=

skip() {
  echo "SKIPPED, nothing was shown: $1" >&2
  exit 77
}

# Prints the path of a program, also of those that Debian keeps off the PATH of users.
program() {
  local found
  found="$(PATH="${PATH}:/usr/sbin:/usr/lib/postgresql/17/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/15/bin" command -v "$1")" \
    || skip "$1 is not installed"
  echo "${found}"
}

end() {
  local process
  for process in "${processes[@]}"; do
    kill "${process}" 2> /dev/null || true
  done
  wait 2> /dev/null || true
  [[ -z "${data}" ]] || rm -rf "${data}"
}
trap end EXIT

# A program that is not ours on one of our ports would answer in place of ours.
require_free() {
  local port
  for port in "$@"; do
    if (: < "/dev/tcp/127.0.0.1/${port}") 2> /dev/null; then
      echo "port ${port} is in use: end the program that listens there" >&2
      exit 1
    fi
  done
}

# PostgreSQL refuses to run as root.
as_postgres=()
[[ "$(id -u)" != 0 ]] || as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)

start_database() {
  data="$(mktemp -d)"
  [[ "$(id -u)" != 0 ]] || chown postgres "${data}"
  "${as_postgres[@]}" "$(program initdb)" -A trust -U postgres "${data}/data" > "${out}/database.log"
  "${as_postgres[@]}" "$(program postgres)" -D "${data}/data" -p 15432 -h 127.0.0.1 -k "${data}" >> "${out}/database.log" 2>&1 &
  processes+=($!)
  until (: < /dev/tcp/127.0.0.1/15432) 2> /dev/null; do sleep 0.2; done
}

# Starts the server with this number; its process id is in servers[number].
start_server() {
  "${meerkat}" serve --rest "127.0.0.1:1808$1" --store "${database}" > "${out}/server-$1.log" 2>&1 < <(exec sleep infinity) &
  servers[$1]=$!
  processes+=($!)
}

await_server() {
  until curl -sf "http://127.0.0.1:1808$1/health" > /dev/null; do sleep 0.2; done
}

start_balancer() {
  cat > "${out}/haproxy.cfg" << END
defaults
  mode http
  timeout connect 2s
  timeout client 1m
  timeout server 1m
  retries 2
  option redispatch
  retry-on conn-failure empty-response
frontend sessions
  bind 127.0.0.1:${balancer}
  default_backend servers
backend servers
  balance roundrobin
  option httpchk GET /health
  server one 127.0.0.1:18081 check inter 500ms fall 2 rise 1
  server two 127.0.0.1:18082 check inter 500ms fall 2 rise 1
  server three 127.0.0.1:18083 check inter 500ms fall 2 rise 1
END
  "$(program haproxy)" -f "${out}/haproxy.cfg" > "${out}/haproxy.log" 2>&1 &
  processes+=($!)
}

# Sends an event with a key to a session until it is acknowledged: sent again, it counts once.
send() {
  local answer
  while :; do
    answer="$(curl -s -o /dev/null -w '%{http_code}' -m 20 -X POST "http://127.0.0.1:${balancer}/sessions/$1/external-events" \
      -H 'Content-Type: application/json' \
      -d "{\"kind\":\"generic_json\",\"event_type\":\"build_broken\",\"payload\":{\"run\":$2},\"idempotency_key\":\"run-$2\"}")" || true
    case "${answer}" in
      200 | 202) return ;;
      *)
        echo "$2 ${answer}" >> "${out}/again"
        sleep 0.2
        ;;
    esac
  done
}

send_all() {
  local i
  for ((i = $1; i < $2; i++)); do
    send "${sessions[i % ${#sessions[@]}]}" "${i}"
  done
}

# The agent answers with all that its session has seen: fails if an event is missing there, or is there twice.
check() {
  local session
  for session in "${sessions[@]}"; do
    curl -sf "http://127.0.0.1:${balancer}/sessions/${session}/history?limit=200" > "${out}/session-${session}.json"
  done
  python3 - "$1" "${out}"/session-*.json << 'END'
import json, re, sys

wanted = int(sys.argv[1])
seen = []
for name in sys.argv[2:]:
    answer = json.load(open(name))["messages"][-1]["blocks"][0]["data"]["text"]
    seen += [int(run) for run in re.findall(r'"run": *(\d+)', answer)]
if sorted(seen) != list(range(wanted)):
    sys.exit(f"{len(seen)} events were handled, {len(set(seen))} different ones of {wanted}")
print(f"all {wanted} events were handled once, in {len(sys.argv) - 2} sessions")
END
}

mkdir -p "${out}"
rm -f "${out}"/again "${out}"/session-*
[[ -x "${meerkat}" ]] || skip "${meerkat} is not built"
program curl > /dev/null
program python3 > /dev/null
program haproxy > /dev/null
database="${MEERKAT_DATABASE:-}"
if [[ -z "${database}" ]]; then
  echo "starting a database"
  require_free 15432
  start_database
  database="postgresql://postgres@127.0.0.1:15432/postgres"
fi
echo "starting three servers, and a load balancer"
require_free "${balancer}" 18081 18082 18083
servers=()
for number in 1 2 3; do
  start_server "${number}"
done
for number in 1 2 3; do
  await_server "${number}"
done
start_balancer
await_server 0
sessions=()
for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
  sessions+=("$(curl -sf -X POST "http://127.0.0.1:${balancer}/sessions" -H 'Content-Type: application/json' \
    -d "{\"prompt\":\"Watch the builds.\",\"keep_alive\":true,\"comms_name\":\"watch-$$-${number}\"}" \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["session_id"])')")
done
send_all 0 100
"${meerkat}" doctor --store "${database}" | grep -E 'durability|nodes|waiting'
echo "killing server 1 with -9"
kill -9 "${servers[1]}"
send_all 100 200
"${meerkat}" doctor --store "${database}" | grep -E 'nodes|waiting' || true
echo "starting server 1 again, and closing server 2"
start_server 1
await_server 1
kill "${servers[2]}"
send_all 200 300
wait "${servers[2]}" || true
echo "waiting for the last turns"
for ((i = 0; i < 60; i++)); do
  if check 300 2> "${out}/check.log"; then
    break
  fi
  sleep 1
done
check 300
"${meerkat}" doctor --store "${database}" | grep -E 'nodes|waiting'
again=0
[[ ! -f "${out}/again" ]] || again="$(wc -l < "${out}/again")"
echo "sent again, as there was no acknowledgement: ${again} times"
