#!/usr/bin/env bash
# Makes the guide's pictures of a plan: the page, the terminal, the comment, the document for programs. It needs Chromium, `aha` (colours of a
# terminal as HTML), npm (`marked`, which makes HTML of Markdown as GitHub does), `jq`, `script`, and an `airform` on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
pictures="${1:-docs/guide/pictures}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# picture NAME WIDTH HEIGHT: of $work/NAME.html.
picture() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size="$2,$3" \
    --user-data-dir="$work/profile" --screenshot="$pictures/$1.png" "file://$work/$1.html" 2>/dev/null
}

cp -r examples/07-connectors "$work/infra"
airform plan "$work/infra" --sandbox --format html >"$work/page.html"
picture page 1280 800

# Something of each kind: made, changed, replaced, deleted.
cp -r examples/01-quickstart "$work/quickstart"
airform apply "$work/quickstart" --sandbox --auto-approve >/dev/null 2>&1
sed -i -e 's/definition: GitHub/definition: HubSpot/' -e 's/0 0 12/0 30 6/' -e '/^  acme:/d' "$work/quickstart/airform.yaml"
printf '  initech: {region: eu}\n' >>"$work/quickstart/airform.yaml"
plan="airform plan '$work/quickstart' --sandbox --prune=workspaces --expect-workspace-deletes 1"

# coloured NAME: what stands in $work/NAME.txt as a terminal shows it.
coloured() {
  printf '<body style="margin: 16px; background: #0d1117; color: #e6edf3; font: 15px/1.4 ui-monospace, monospace"><pre>'
  # Its blue cannot be read on this ground.
  aha --no-header --black <"$work/$1.txt" | sed 's/#3333FF/#79c0ff/Ig'
  printf '</pre>'
}

# As wide as terminals are.
script -qec "stty rows 40 cols 80; $plan --color always 2>/dev/null" /dev/null </dev/null | tr -d '\r' >"$work/terminal.txt"
coloured terminal >"$work/terminal.html"
picture terminal 780 520

# What a program asks first: how much of what, and what is done to whom.
bash -c "$plan --format json" 2>/dev/null |
  jq --color-output '{summary, changes: [.changes[] | select(.action != "no-op") | {address, action, reason}], requests}' >"$work/json.txt"
coloured json >"$work/json.html"
picture json 780 836

bash -c "$plan --format markdown" >"$work/comment.md" 2>/dev/null
{
  printf '<meta charset="utf-8"><style>body { margin: 16px; font: 14px/1.5 system-ui, sans-serif; color: #1f2328 }
    table { border-collapse: collapse } th, td { border: 1px solid #d1d9e0; padding: 4px 12px }
    pre, code { font: 12px ui-monospace, monospace; background: #f6f8fa } pre { padding: 12px }</style>'
  npx --yes marked@15 --gfm -i "$work/comment.md"
} >"$work/comment.html"
picture comment 900 620
