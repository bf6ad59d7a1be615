#!/usr/bin/env bash
# Tranche as other tools meet it: the published Python loop with "requests", clients that generators make and programs
# that people write in five languages, webhooks verified by the official Python library, the reference and the order's
# page of the Temporal UI in a real browser, spectral on openapi.json and Schemathesis against everything in it, and
# docker-compose.yml through the loader of Compose v2. Installs what it needs where it can, and fails where it cannot.
#
#   KEEP_SCREENSHOTS=folder     keeps the screenshots there
#   SCHEMATHESIS_EXAMPLES=500   that many requests an operation, however long it takes (otherwise at most three minutes)
#   SCHEMATHESIS_SEED=7         the same requests again
#   DOCS_IMAGES=folder          puts those of docs/OPERATIONS.md there (npm run screenshots)
set -uo pipefail
cd "$(dirname "$0")/.."

readonly SCHEMATHESIS_SECONDS=150
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
  command -v python3 || { echo 'python3 is missing. Install Python 3.11 or later.' && return 1; }
  python3 -m venv "$work/venv" || { echo 'venv is missing. On Debian: apt-get install python3-venv' && return 1; }
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r test/tools/requirements.txt
}

install_npm_tools() {
  mkdir "$work/npm" && cp test/tools/npm/*.json "$work/npm" && (cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund)
}

# install <what is missing> <command> <package of Debian>
install() {
  command -v "$2" && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get; then
    echo "$1 is missing. Install it (on Debian, as root: apt-get install $3) and try again."
    return 1
  fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$3"
  command -v "$2"
}

chromium_path() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

install_chromium() {
  chromium_path || install Chromium chromium chromium
}

# What go.mod asks for is what the generated clients need. Go from 1.21 on may fetch a newer one by itself.
install_go() {
  install 'Go 1.25 or later' go golang-go && (cd test/tools/clients/ogen && go list -m) && return
  echo "Go 1.25 or later is needed, there is: $(go version)"
  return 1
}

install_java() {
  install 'A JDK, 17 or later,' javac default-jdk-headless && install Maven mvn maven
}

# What Compose v2 would start, by its own loader, which also takes nothing that its schema does not know.
load_compose_file() {
  (cd test/tools/compose && go build -o "$work/compose-load" .) || return
  local services
  services=$(POSTGRES_PASSWORD=x APP_PASSWORD=x SECRETS_KEY=x "$work/compose-load" docker-compose.yml) || return
  [ "$(grep -cxE 'api|worker|migrate|postgres|temporal' <<<"$services")" -eq 5 ] || { echo "$services" && return 1; }
}

# Without the passwords it says which are missing, and does not start with empty ones.
refuse_compose_file() {
  local said
  if said=$(env -u POSTGRES_PASSWORD -u APP_PASSWORD SECRETS_KEY=x "$work/compose-load" docker-compose.yml 2>&1); then
    echo 'It loads without passwords.'
    return 1
  fi
  grep -q 'required variable APP_PASSWORD is missing' <<<"$said" &&
    grep -q 'required variable POSTGRES_PASSWORD is missing' <<<"$said" || { echo "$said" && return 1; }
}

# With the servers of its own home, whatever the caller's environment names.
start_service() {
  env -u DATABASE_URL -u MIGRATION_DATABASE_URL -u TEMPORAL_ADDRESS PORT=0 TRANCHE_HOME="$work/home" \
    CORS_ORIGINS="http://127.0.0.1:$page_port" \
    RATE_LIMIT_TEST_PER_MINUTE=1000000 RATE_LIMIT_TEST_PER_HOUR=1000000 RATE_LIMIT_AUTH_FAILURES_PER_MINUTE=1000000 \
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

# Some orders in all kinds of states; remembers the id of the one with the most to show.
make_book() {
  BUSY_ORDER_ID=$(node test/tools/order-book.mjs) && [ -n "$BUSY_ORDER_ID" ]
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

# By the document as the service is built, with its objects closed: only then an unknown field is a request to refuse. In
# the work folder, where it may leave its cache.
run_schemathesis() {
  local tools=$PWD/test/tools
  local amount=(--max-examples "${SCHEMATHESIS_EXAMPLES:-20}")
  [ -n "${SCHEMATHESIS_EXAMPLES:-}" ] || amount+=(--max-time "$SCHEMATHESIS_SECONDS")
  node --import tsx test/tools/closed-document.ts "$BASE_URL/openapi.json" "$work/closed.json" || return
  (cd "$work" && SCHEMATHESIS_HOOKS="$tools/schemathesis_hooks.py" "$work/venv/bin/st" \
    --config-file "$tools/schemathesis.toml" run closed.json --url "$BASE_URL" --no-color \
    --seed "$schemathesis_seed" "${amount[@]}") || return
  # A run whose key ended on the way was answered 403, which is documented, and found nothing.
  node test/tools/new-order.mjs
}

check 'Go is there' install_go && {
  check 'Compose v2 loads docker-compose.yml' load_compose_file
  check 'Compose v2 asks for the passwords that docker-compose.yml needs' refuse_compose_file
}
check 'Java and Maven are there' install_java
check 'PHP is there' install 'PHP 8 or later' php php-cli
check 'Python has what test/tools/requirements.txt lists' make_venv || exit
check 'npm has what test/tools/npm lists' install_npm_tools && check 'spectral has nothing to say about openapi.json' \
  "$work/npm/node_modules/.bin/spectral" lint openapi.json --ruleset test/tools/spectral.yaml --fail-severity hint
check 'Chromium is there' install_chromium || exit
CHROMIUM=$(chromium_path)
export CHROMIUM
# Of a page of another origin, which the service has to know from its start.
page_port=$(node -e 'const s = net.createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
check 'npm start gets ready' start_service || exit
BASE_URL=$(dev apiUrl)
API_KEY=$(dev apiKey)
UI_URL=$(dev temporalUiUrl)
export BASE_URL API_KEY INTENT_ID='' ORDER_ID=''
check 'an order of its own can be made' new_order || exit
check 'the published Python loop creates its three milestones' python_loop

# Clients that generators make of openapi.json, two at a time because there are two cores.
generated_clients() {
  local generator failures=0
  printf '%s\n' java ogen oapi-codegen hey-api python |
    xargs -P 2 -I {} sh -c 'bash scripts/test-clients.sh {} "$0" >"$0/{}.log" 2>&1 && touch "$0/{}.ok"' "$work"
  for generator in java ogen oapi-codegen hey-api python; do
    check "a client generated by $generator makes the journey" generated_client "$generator" || failures=1
  done
  return "$failures"
}
generated_client() {
  [ -f "$work/$1.ok" ] || { tail -n 40 "$work/$1.log" && return 1; }
}
generated_clients

# Programs as people write them, with what the serializer of each language makes of empty values, numbers and instants.
check 'a program in PHP makes the journey' php test/tools/programs/journey.php
check 'a program in Go makes the journey' go run test/tools/programs/journey.go
check 'a program in Java makes the journey' java test/tools/programs/Journey.java
check 'a program in Python makes the journey' "$work/venv/bin/python" test/tools/programs/journey.py

# Webhooks as a test's receiver got them.
python_webhooks() {
  RECORDED_WEBHOOKS="$work/webhooks.json" npx vitest run test/webhooks/delivery.test.ts -t 'outage' &&
    "$work/venv/bin/python" test/tools/verify-webhooks.py "$work/webhooks.json"
}
check 'webhooks are good to the official Python library' python_webhooks

screenshots=${KEEP_SCREENSHOTS:-$work/screenshots}
images=${DOCS_IMAGES:-$screenshots}
mkdir -p "$screenshots" "$images"
reference() {
  local INTENT_ID ORDER_ID
  new_order && INTENT_ID=$INTENT_ID node test/tools/reference.mjs "$screenshots"
}
check 'the reference creates a milestone in a browser, under its policy and without asking anybody else' reference
check 'a page of another origin makes the journey in a browser, and one that is not allowed reads nothing' \
  node test/tools/other-origin.mjs "$page_port"
workflow="escrow-order/$ORDER_ID"
workflows="$UI_URL/namespaces/default/workflows"
page_of() {
  echo "$workflows/$(node -p 'encodeURIComponent(process.argv[1])' "$workflow")"
}
page=$(page_of)
check 'the Temporal UI lists the order among the workflows' \
  node test/tools/temporal-ui.mjs "$screenshots/workflows.png" "$workflows" "$workflow" Running
check 'the Temporal UI shows the workflow of the order' \
  node test/tools/temporal-ui.mjs "$screenshots/workflow.png" "$page" "$workflow" Running escrowOrder createMilestone
check 'the Temporal UI shows the milestones of the order' \
  node test/tools/temporal-ui.mjs "$screenshots/milestones.png" "$page/$(run_id)/user-metadata" \
  '1000.00 USDC' '0  300.00  PENDING' '1  500.00  PENDING' '2  200.00  PENDING'
check 'orders in all kinds of states can be made' make_book
orders="$workflows?query=$(node -p 'encodeURIComponent(process.argv[1])' "WorkflowType = 'escrowOrder'")"
attributes=TrancheOrderStatus,TrancheAmount,TrancheNextMilestone,TrancheHeldCount,TrancheTrouble,TrancheNextDeadline
LIST_COLUMNS="Status,Workflow ID,$attributes" VIEWPORT=2300x620 CLIP=480,210,1780,345 check 'the Temporal UI lists orders like a book' \
  node test/tools/temporal-ui.mjs "$images/orders.png" "$orders" \
  DISPUTED COMPLETED '3600.00 USDC' '480.00 EUR' 'payout failed'
workflow="escrow-order/$BUSY_ORDER_ID"
page=$(page_of)
VIEWPORT=1720x1330 CLIP=215,340,1485,920 check 'the Temporal UI shows the page of an order' \
  node test/tools/temporal-ui.mjs "$images/order.png" "$page/$(run_id)/user-metadata" \
  'Disputed' 'payout PAID' 'release 1 waits for the dispute of milestone 1 to be resolved' 'Last refusals' milestone_index_taken
schemathesis_seed=${SCHEMATHESIS_SEED:-$RANDOM}
check "Schemathesis finds no answer that is not documented (seed $schemathesis_seed)" run_schemathesis
sed -n 's/^ *\([0-9]* generated\)/      \1/p' "$work/check.log"
check 'npm start ends by itself when it is asked to' stop_service
check 'the main journey works on Node 20, 22 and 24' npm run --silent test:node-versions
