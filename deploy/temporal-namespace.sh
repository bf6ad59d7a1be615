#!/bin/sh
# Creates Tranche's namespaces. Compose starts it again until the server takes them.
set -eu

for namespace in $NAMESPACES; do
  if temporal operator namespace describe -n "$namespace" --address "$TEMPORAL_ADDRESS" > /dev/null 2>&1; then
    temporal operator namespace update -n "$namespace" --retention "$RETENTION" --address "$TEMPORAL_ADDRESS"
  else
    temporal operator namespace create -n "$namespace" --retention "$RETENTION" --address "$TEMPORAL_ADDRESS"
  fi
done
