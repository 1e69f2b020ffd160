#!/usr/bin/env bash
# Makes the guide's picture of a plan's page. It needs Chromium, and an `airform` on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp -r examples/07-connectors "$work/infra"
airform plan "$work/infra" --sandbox --format html >"$work/page.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size="${1:-1280},${2:-800}" \
  --user-data-dir="$work/profile" --screenshot="${3:-docs/guide/pictures/page.png}" "file://$work/page.html" 2>/dev/null
