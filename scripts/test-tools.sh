#!/usr/bin/env bash
# Tranche as other tools meet it: the published Python loop with "requests", webhooks verified by the official Python
# library, the reference and the order's page of the Temporal UI in a real browser. Installs what it needs where it can,
# and fails where it cannot.
#
#   KEEP_SCREENSHOTS=folder   keeps the screenshots there
set -uo pipefail
cd "$(dirname "$0")/.."

readonly REQUESTS_VERSION=2.32.5
readonly STANDARDWEBHOOKS_VERSION=1.1.0
readonly READY_SECONDS=60
work=$(mktemp -d)
passed=0
failed=0
service=

finish() {
  trap - EXIT
  [ -n "$service" ] && stop_service
  rm -rf "$work"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
trap finish EXIT
trap 'failed=$((failed + 1)); exit' INT TERM

# check <title> <command> [argument…]: what the command prints is shown only when it fails.
check() {
  local title=$1
  shift
  if "$@" >"$work/check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok    $title"
  else
    failed=$((failed + 1))
    echo "FAIL  $title"
    sed 's/^/      /' "$work/check.log"
    return 1
  fi
}

make_venv() {
  command -v python3 || { echo 'python3 is missing. Install Python 3.9 or later.' && return 1; }
  python3 -m venv "$work/venv" || { echo 'venv is missing. On Debian: apt-get install python3-venv' && return 1; }
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "requests==$REQUESTS_VERSION" \
    "standardwebhooks==$STANDARDWEBHOOKS_VERSION"
}

chromium_path() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

install_chromium() {
  chromium_path && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get; then
    echo 'Chromium is missing. Install it (on Debian, as root: apt-get install chromium) and try again.'
    return 1
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
  chromium_path
}

# With the servers of its own home, whatever the caller's environment names.
start_service() {
  env -u DATABASE_URL -u MIGRATION_DATABASE_URL -u TEMPORAL_ADDRESS PORT=0 TRANCHE_HOME="$work/home" \
    RATE_LIMIT_TEST_PER_MINUTE=100000 RATE_LIMIT_TEST_PER_HOUR=100000 \
    npm start >"$work/start.log" 2>&1 &
  service=$!
  local deadline=$((SECONDS + READY_SECONDS))
  until [ -f "$work/home/dev.json" ]; do
    if ! kill -0 "$service" 2>/dev/null || [ "$SECONDS" -gt "$deadline" ]; then
      cat "$work/start.log"
      return 1
    fi
    sleep 0.1
  done
}

# Its exit code is npm's: 0 after an orderly end.
stop_service() {
  local pid=$service
  service=
  kill -TERM "$pid" && wait "$pid"
}

# dev <field>: what dev.json says.
dev() {
  node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8"))[process.argv[2]]' "$work/home/dev.json" "$1"
}

new_order() {
  local ids
  ids=$(node test/tools/new-order.mjs) && read -r INTENT_ID ORDER_ID <<<"$ids"
}

# Of the order's workflow: the UI's tabs are addressed by run.
run_id() {
  node -e 'fetch(process.argv[1]).then((answer) => answer.json())
    .then(({ workflowExecutionInfo }) => console.log(workflowExecutionInfo.execution.runId))' \
    "$UI_URL/api/v1/namespaces/default/workflows/$(node -p 'encodeURIComponent(process.argv[1])' "$workflow")"
}

python_loop() {
  "$work/venv/bin/python" test/tools/published-loop.py && node test/tools/expect-milestones.mjs
}

check 'Python has requests and standardwebhooks' make_venv || exit
check 'Chromium is there' install_chromium || exit
CHROMIUM=$(chromium_path)
export CHROMIUM
check 'npm start gets ready' start_service || exit
BASE_URL=$(dev apiUrl)
API_KEY=$(dev apiKey)
UI_URL=$(dev temporalUiUrl)
export BASE_URL API_KEY INTENT_ID='' ORDER_ID=''
check 'an order of its own can be made' new_order || exit
check 'the published Python loop creates its three milestones' python_loop

# Webhooks as a test's receiver got them.
python_webhooks() {
  RECORDED_WEBHOOKS="$work/webhooks.json" npx vitest run test/webhooks/delivery.test.ts -t 'outage' &&
    "$work/venv/bin/python" test/tools/verify-webhooks.py "$work/webhooks.json"
}
check 'webhooks are good to the official Python library' python_webhooks

screenshots=${KEEP_SCREENSHOTS:-$work/screenshots}
mkdir -p "$screenshots"
reference() {
  local INTENT_ID ORDER_ID
  new_order && INTENT_ID=$INTENT_ID node test/tools/reference.mjs "$screenshots"
}
check 'the reference creates a milestone in a browser, under its policy and without asking anybody else' reference
workflow="escrow-order/$ORDER_ID"
workflows="$UI_URL/namespaces/default/workflows"
page="$workflows/$(node -p 'encodeURIComponent(process.argv[1])' "$workflow")"
check 'the Temporal UI lists the order among the workflows' \
  node test/tools/temporal-ui.mjs "$screenshots/workflows.png" "$workflows" "$workflow" Running
check 'the Temporal UI shows the workflow of the order' \
  node test/tools/temporal-ui.mjs "$screenshots/workflow.png" "$page" "$workflow" Running escrowOrder createMilestone
check 'the Temporal UI shows the milestones of the order' \
  node test/tools/temporal-ui.mjs "$screenshots/milestones.png" "$page/$(run_id)/user-metadata" \
  '1000.00 USDC' '0  300.00  PENDING' '1  500.00  PENDING' '2  200.00  PENDING'
check 'npm start ends by itself when it is asked to' stop_service
