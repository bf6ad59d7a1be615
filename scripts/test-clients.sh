#!/usr/bin/env bash
# The README's journey with clients that generators make of openapi.json, each generated, compiled and run against a
# running service. Called by test-tools.sh. A tool that is missing is a failure. Whatever the generators and what they
# make pull in has fixed versions: go.mod and go.sum beside the journeys, test/tools/npm, test/tools/requirements.txt.
#
#   scripts/test-clients.sh <generator> <work folder>     with BASE_URL and API_KEY in the environment, and in the work
#                                                         folder "venv" of Python and "npm" of Node
set -euo pipefail
cd "$(dirname "$0")/.."
readonly journeys=$PWD/test/tools/clients document=$PWD/openapi.json tsx=$PWD/node_modules/.bin/tsx
readonly types=$PWD/node_modules/@types
readonly dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.3.0
readonly venv=$2/venv npm=$2/npm folder=$2/clients/$1
mkdir -p "$folder"
cp -r "$journeys/$1" "$folder/journey"
cd "$folder"

case $1 in
  oapi-codegen)
    mv journey/go.mod journey/go.sum .
    mkdir oapi
    go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package oapi \
      -o oapi/client.go "$document"
    go run ./journey
    ;;
  ogen)
    mv journey/go.mod journey/go.sum .
    go run github.com/ogen-go/ogen/cmd/ogen@v1.24.0 --target ogen --package ogen "$document"
    go run ./journey
    ;;
  python)
    PATH=$venv/bin:$PATH openapi-python-client generate --path "$document" --output-path tranche_client --meta none
    PYTHONPATH=$PWD "$venv/bin/python" journey/journey.py
    ;;
  hey-api)
    echo '{"type": "module", "private": true}' >package.json
    ln -s "$npm/node_modules" node_modules
    npx openapi-ts -i "$document" -o journey/client
    npx tsc --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 \
      --allowImportingTsExtensions --typeRoots "$types" --types node journey/journey.mts
    "$tsx" journey/journey.mts
    ;;
  java)
    mvn -q -B "$dependency_plugin:copy" -Dartifact=org.openapitools:openapi-generator-cli:7.14.0 -DoutputDirectory="$PWD"
    java -jar openapi-generator-cli-7.14.0.jar generate -g java --library native -i "$document" -o client
    cp journey/Journey.java client/src/main/java/
    cd client
    mvn -q -B -DskipTests compile "$dependency_plugin:build-classpath" -Dmdep.outputFile=classpath.txt
    java -cp "target/classes:$(cat classpath.txt)" Journey
    ;;
esac
