#!/usr/bin/env bash
# Installs real Meerkat servers, rkat-rpc and rkat-rest, for the tests of this module and for its recorder:
#   conformance/install-servers.sh            both of 0.9.8, then both of 0.6.34
#   conformance/install-servers.sh 0.9.8      only that version
# They go to MEERKAT_SERVERS, or else ~/.cache/meerkat-servers; what is there already is left as it is. Needs cargo
# and a C compiler. On two cores, each of the four takes most of an hour and up to 10 GB of memory.
set -euo pipefail

cache="${MEERKAT_SERVERS:-$HOME/.cache/meerkat-servers}"
versions=("$@")
[[ $# -gt 0 ]] || versions=(0.9.8 0.6.34)

if ! command -v cargo >/dev/null; then
  echo "cargo was not found; it comes with Rust: https://rustup.rs" >&2
  exit 1
fi
mkdir -p "$cache"

# Installs the surface $2 (rpc or rest) of version $1. Only with debug assertions does the server take the
# test client that the tests need. Both surfaces of a version share what was compiled.
install_server() {
  local version="$1" surface="$2"
  local root="$cache/$version-$surface"
  local program="$root/bin/rkat-$surface"
  if [[ -x "$program" ]]; then
    echo "rkat-$surface $version is there: $program"
    return
  fi
  echo "Installing rkat-$surface $version to $root; this may take most of an hour."
  CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 cargo install "meerkat-$surface" --debug --locked \
    --version "$version" --root "$root" --target-dir "$cache/target-$version"
  strip "$program" || echo "rkat-$surface $version works, but could not be stripped" >&2
}

for version in "${versions[@]}"; do
  for surface in rpc rest; do
    install_server "$version" "$surface"
  done
done
echo "Installed in $cache. Now: ./mvnw -Pconformance verify"
echo "The directories $cache/target-* may be deleted."
