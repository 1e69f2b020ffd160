#!/usr/bin/env bash
# Stands in for `gh api`: keeps the comments of one pull request in $GH_COMMENTS, and writes each call into $GH_CALLS.
set -euo pipefail

[ "$1" = api ] && shift
method=GET
where=
filter=
body=
while [ $# -gt 0 ]; do
  case "$1" in
    --paginate | --silent) ;;
    --method) method="$2" && shift ;;
    --jq) filter="$2" && shift ;;
    -F) body="${2#body=@}" && shift ;;
    -*) echo "gh: $1?" >&2 && exit 1 ;;
    *) where="$1" ;;
  esac
  shift
done
echo "$method $where" >>"$GH_CALLS"

change() { jq "$@" "$GH_COMMENTS" >"$GH_COMMENTS.new" && mv "$GH_COMMENTS.new" "$GH_COMMENTS"; }

case "$method $where" in
  "GET repos/acme/infra/issues/7/comments") jq -r "$filter" "$GH_COMMENTS" ;;
  "POST repos/acme/infra/issues/7/comments")
    change --rawfile body "$body" '. + [{id: (length + 1), user: {type: "Bot"}, body: $body}]'
    ;;
  "PATCH repos/acme/infra/issues/comments/"*)
    change --rawfile body "$body" --argjson id "${where##*/}" 'map(if .id == $id then .body = $body else . end)'
    ;;
  *) echo "gh: no such route: $method $where" >&2 && exit 1 ;;
esac
