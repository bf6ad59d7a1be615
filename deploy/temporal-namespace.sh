#!/bin/sh
# Creates Tranche's namespace. Compose starts it again until the server takes it.
set -eu

if temporal operator namespace describe -n "$NAMESPACE" --address "$TEMPORAL_ADDRESS" > /dev/null 2>&1; then
  temporal operator namespace update -n "$NAMESPACE" --retention "$RETENTION" --address "$TEMPORAL_ADDRESS"
else
  temporal operator namespace create -n "$NAMESPACE" --retention "$RETENTION" --address "$TEMPORAL_ADDRESS"
fi
