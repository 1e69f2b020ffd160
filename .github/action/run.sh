#!/usr/bin/env bash
# What the action does once the program is there. Everything that it is told comes as a variable: see action.yml.
set -euo pipefail

airform="${INPUT_PROGRAM:-$RUNNER_TEMP/airform/bin/airform}"
said="$(mktemp)"
complaints="$(mktemp)"
body="$(mktemp)"
trap 'rm -f "$said" "$complaints" "$body"' EXIT

usage() {
  printf '%s\n' "$1" >&2
  exit 64
}

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# The lines of $1 that say something, in the array `lines`. Nothing is split at spaces and nothing is expanded.
lines_of() {
  local line
  lines=()
  while IFS= read -r line; do
    line="${line%$'\r'}"
    [ -z "${line//[[:space:]]/}" ] || lines+=("$line")
  done <<<"$1"
}

# Shows files in the log. A name from the organization may look like a command to the runner, so none is obeyed meanwhile.
show() {
  local token
  token="$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)"
  printf '::stop-commands::%s\n' "$token"
  cat "$@"
  printf '::%s::\n' "$token"
}

# Runs the program, keeps what it says, and its exit code in `code`.
run() {
  code=0
  "$airform" "$@" >"$said" 2>"$complaints" || code=$?
  show "$complaints" "$said"
  output exit-code "$code"
}

# What went wrong, for people. The fence is longer than any in the text, so that nothing gets out of it.
complaint() {
  local fence='````'
  while grep -qF -- "$fence" "$complaints"; do fence="$fence\`"; done
  printf '**%s**\n\n%s\n' "$1" "$fence"
  head -c 50000 "$complaints" | iconv -c -f UTF-8 -t UTF-8
  printf '\n%s\n' "$fence"
}

# Puts `body` on the pull request: into the comment that is there, or into a new one if $1 is `always`.
comment() {
  local comments="repos/$GITHUB_REPOSITORY/issues" found
  [ "$INPUT_COMMENT" = true ] && [ -n "${PULL_REQUEST:-}" ] && [ "$is_fork" = false ] || return 0
  # Whoever likes may write a comment that begins like ours; only a bot's is written over.
  found="$(MARKER="$marker" gh api --paginate "$comments/$PULL_REQUEST/comments" \
    --jq '.[] | select(.user.type == "Bot" and (.body | gsub("\r"; "") | startswith(env.MARKER))) | .id')"
  found="${found%%$'\n'*}"
  if [ -n "$found" ]; then
    gh api --method PATCH "$comments/comments/$found" -F "body=@$body" --silent
  elif [ "$1" = always ]; then
    gh api --method POST "$comments/$PULL_REQUEST/comments" -F "body=@$body" --silent
  fi
}

plan() {
  local arguments=(--format markdown --detailed-exitcode)
  if [ "$is_fork" = true ]; then
    # GitHub gives no secrets to a pull request from a fork.
    if [ -z "${AIRBYTE_OPERATOR_TOKEN:-}${AIRBYTE_CLIENT_SECRET:-}${AIRFORM_TOKEN_COMMAND:-}" ] && [ "$is_sandbox" = false ]; then
      validate_only
      return
    fi
    arguments+=(--without-secrets)
  else
    arguments+=(--out "$INPUT_PLAN_FILE")
  fi
  run plan "${arguments[@]}" "${more[@]}" "${paths[@]}"
  {
    printf '%s\n' "$marker"
    case "$code" in
      0 | 2 | 3) tail -n +2 "$said" ;;
      *) complaint 'There is no plan.' ;;
    esac
  } >"$body"
  cat "$body" >>"$GITHUB_STEP_SUMMARY"
  case "$code" in
    0) output changes false ;;
    *) output changes true ;;
  esac
  # Where there is nothing to do, that is said only to whoever has been told otherwise before.
  if [ "$code" = 0 ]; then comment update; else comment always; fi
  [ "$code" = 0 ] || [ "$code" = 2 ] || exit "$code"
  [ "$is_fork" = true ] || output plan-file "$INPUT_PLAN_FILE"
}

validate_only() {
  run validate --offline "${of_manifest[@]}" "${paths[@]}"
  {
    if [ "$code" = 0 ]; then
      cat "$said"
      printf '\nThis pull request is from a fork, which gets no credentials: nothing was planned.\n'
    else
      complaint 'The manifest is not valid.'
    fi
  } >>"$GITHUB_STEP_SUMMARY"
  output changes false
  exit "$code"
}

apply() {
  [ -f "$INPUT_PLAN_FILE" ] || usage "there is no plan in $INPUT_PLAN_FILE"
  # An artifact does not keep who may read it.
  chmod 600 "$INPUT_PLAN_FILE"
  run apply "$INPUT_PLAN_FILE"
  {
    if [ "$code" = 0 ]; then
      printf '**Applied.**\n'
    else
      complaint "Not all was applied (exit code $code)."
    fi
  } >>"$GITHUB_STEP_SUMMARY"
  exit "$code"
}

drift() {
  run drift "${more[@]}" "${paths[@]}"
  case "$code" in
    0) printf 'Nothing was changed outside Airform.\n' >>"$GITHUB_STEP_SUMMARY" ;;
    2)
      cp "$said" "$complaints"
      complaint 'Something was changed outside Airform.' >>"$GITHUB_STEP_SUMMARY"
      printf '::error title=Drift::Something was changed outside Airform. The summary says what.\n'
      ;;
    *) complaint 'There was no looking.' >>"$GITHUB_STEP_SUMMARY" ;;
  esac
  exit "$code"
}

[[ "$INPUT_NAME" =~ ^[A-Za-z0-9._-]+$ ]] || usage 'name: letters, digits and . _ - only'
marker="$(printf '<!-- airform:plan -->\n<!-- airform:%s -->' "$INPUT_NAME")"
lines_of "$INPUT_PATHS"
paths=("${lines[@]}")
lines_of "$INPUT_ARGUMENTS"
more=("${lines[@]}")

is_sandbox=false
of_manifest=()
for argument in "${more[@]}"; do
  case "$argument" in
    --sandbox) is_sandbox=true ;;
    --var=* | --var-file=* | --overlay=* | --allow-outside) of_manifest+=("$argument") ;;
  esac
done

is_fork=false
if [ -n "${PULL_REQUEST:-}" ] && [ "${HEAD_REPOSITORY:-}" != "$GITHUB_REPOSITORY" ]; then is_fork=true; fi

case "$INPUT_COMMAND" in
  plan) plan ;;
  apply) apply ;;
  drift) drift ;;
  *) usage "command: plan, apply or drift, not $INPUT_COMMAND" ;;
esac
