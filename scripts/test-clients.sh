#!/usr/bin/env bash
# The README's journey with clients that generators make of openapi.json, each generated, compiled and run against a
# running service. Called by test-tools.sh. A tool that is missing is a failure.
#
#   scripts/test-clients.sh <generator> <work folder>     with BASE_URL and API_KEY in the environment
set -euo pipefail
cd "$(dirname "$0")/.."
readonly journeys=$PWD/test/tools/clients document=$PWD/openapi.json tsx=$PWD/node_modules/.bin/tsx
readonly types=$PWD/node_modules/@types
folder=$2/$1
mkdir -p "$folder"
cp -r "$journeys/$1" "$folder/journey"
cd "$folder"

case $1 in
  oapi-codegen)
    go mod init example.com/journeys
    mkdir oapi
    go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package oapi \
      -o oapi/client.go "$document"
    go mod tidy
    go run ./journey
    ;;
  ogen)
    go mod init example.com/journeys
    go run github.com/ogen-go/ogen/cmd/ogen@v1.24.0 --target ogen --package ogen "$document"
    go mod tidy
    go run ./journey
    ;;
  python)
    python3 -m venv venv
    venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 ruff
    PATH=$PWD/venv/bin:$PATH openapi-python-client generate --path "$document" --output-path tranche_client --meta none
    PYTHONPATH=$PWD venv/bin/python journey/journey.py
    ;;
  hey-api)
    echo '{"type": "module", "private": true}' >package.json
    npm install --silent --no-audit --no-fund @hey-api/openapi-ts@0.99.0 typescript@5.9.3
    npx openapi-ts -i "$document" -o journey/client
    npx tsc --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 \
      --allowImportingTsExtensions --typeRoots "$types" --types node journey/journey.mts
    "$tsx" journey/journey.mts
    ;;
  java)
    mvn -q -B dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.14.0 -DoutputDirectory="$PWD"
    java -jar openapi-generator-cli-7.14.0.jar generate -g java --library native -i "$document" -o client
    cp journey/Journey.java client/src/main/java/
    cd client
    mvn -q -B -DskipTests compile dependency:build-classpath -Dmdep.outputFile=classpath.txt
    java -cp "target/classes:$(cat classpath.txt)" Journey
    ;;
esac
