#!/bin/sh
# Makes the archive of loaded classes with which the launchers start fast, for the java that they use and for the
# place where they are. The package comes with one; make it again after moving the package or changing the JVM.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$home/lib/java.sh"
jar=$home/lib/meerkat.jar
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s\n' \
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' \
  '{"jsonrpc":"2.0","id":2,"method":"capabilities/get","params":{}}' \
  '{"jsonrpc":"2.0","id":3,"method":"session/create","params":{"prompt":"hello","keep_alive":true,"comms_name":"a"}}' |
  "$java" -Xlog:disable "-XX:DumpLoadedClassList=$work/classes" -cp "$jar" dev.meerkat.cli.Main rpc \
    --realm archive --state-root "$work/state" >/dev/null
"$java" -Xlog:disable -Xshare:dump "-XX:SharedClassListFile=$work/classes" "-XX:SharedArchiveFile=$archive.new" -cp "$jar"
mv -f "$archive.new" "$archive"
