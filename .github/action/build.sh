#!/usr/bin/env bash
# Builds the program from the source that stands beside the action, unless the cache has brought it.
set -euo pipefail

cd "$GITHUB_ACTION_PATH"
root="$RUNNER_TEMP/airform"

case "${1:?key or build}" in
  key)
    # The source may stand outside the workspace, where `hashFiles` does not look.
    sum="$(find Cargo.toml Cargo.lock rust-toolchain.toml crates -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)"
    echo "key=${sum%% *}" >>"$GITHUB_OUTPUT"
    ;;
  build)
    [ -x "$root/bin/airform" ] || cargo install --locked --path crates/airform --root "$root"
    ;;
  *)
    echo "key or build, not $1" >&2
    exit 64
    ;;
esac
