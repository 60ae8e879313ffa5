#!/bin/sh
# Builds the benchmarks and runs them; options are those of dev.meerkat.benchmarks.Options, such as
#   benchmarks/run.sh --report=RESULTS.md    all measurements, over an hour on a quiet machine
#   benchmarks/run.sh --only=rest,stdio,streams  what a server costs; the others are messages, requests, memory, durable, restart, remote
#   benchmarks/run.sh --only=dead-readers    what clients that do not read cost others, at 256 MB; fails if it is too much
#   benchmarks/run.sh --only=agent          what turns of chat agents cost, and 10,000 that answer at once; fails if answers miss
#   benchmarks/run.sh --only=year --forks=1  a store with 200,000 events of a year, before and after retention
#   benchmarks/run.sh --only=postgres       sessions in PostgreSQL on one node and on three: writes, turns, wake-up, takeover, idleness
#   benchmarks/run.sh --short                proves in about a minute that they work
#   benchmarks/run.sh --only=telemetry      what it costs when Micrometer or OpenTelemetry listens
# Paths are relative to this directory. JAVA_HOME chooses the JDK that is measured.
set -eu
cd "$(dirname "$0")/.."
maven=./mvnw
[ -x "$maven" ] || maven=mvn
"$maven" -q -Pbenchmarks -pl benchmarks,meerkat-cli -am -DskipTests -Dspotless.check.skip package
cd benchmarks
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -jar target/benchmarks.jar "$@"
