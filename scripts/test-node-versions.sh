#!/usr/bin/env bash
# The main journey, and what becomes of a workflow that does not end, on each version of Node that is supported. The
# package `node` of npm brings them.
set -euo pipefail
cd "$(dirname "$0")/.."

for version in 20 22 24; do
  npx --yes --package "node@$version" --call \
    'node --version && node node_modules/vitest/vitest.mjs run test/e2e/journey.test.ts test/workflows/endless-loop.test.ts'
done
