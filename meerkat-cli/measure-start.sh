#!/bin/sh
# Measures how long meerkat rpc takes from its start to the answer to initialize: ./measure-start.sh [RUNS [OPTIONS]]
# OPTIONS are those of meerkat rpc, such as --realm team --state-root DIR; default: --isolated
# Build the package before: ./mvnw -q package -DskipTests -pl meerkat-cli -am
set -eu
runs=${1:-20}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- --isolated
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/in" "$work/out"
cat /proc/loadavg 2>/dev/null | sed 's/^/load average: /' || true
i=0
while [ "$i" -lt "$runs" ]; do
  begin=$(date +%s%N)
  "$here/target/meerkat/bin/meerkat-rpc" "$@" <"$work/in" >"$work/out" &
  exec 3>"$work/in" 4<"$work/out"
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' >&3
  IFS= read -r answer <&4
  end=$(date +%s%N)
  case $answer in
    *contract_version*) ;;
    *) echo "no answer to initialize: $answer" >&2; exit 1 ;;
  esac
  echo $(((end - begin) / 1000000)) >>"$work/times"
  exec 3>&- 4<&-
  wait
  i=$((i + 1))
done
sort -n "$work/times" | awk '{ t[NR] = $1 } END {
  printf "initialize answered in ms, of %d starts: least %d, median %d, most %d\n", NR, t[1], t[int((NR + 1) / 2)], t[NR] }'
