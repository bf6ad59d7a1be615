#!/bin/sh
# Creates or updates the schemas of Temporal's two databases. Runs to completion before the server starts.
set -eu

prepare() {
  database=$1
  schema=/etc/temporal/schema/postgresql/v12/$2/versioned
  tool="temporal-sql-tool --plugin $DB --ep $POSTGRES_SEEDS -p $DB_PORT -u $POSTGRES_USER --db $database"
  $tool create
  # Fails where the schema is there already, which is what the update is for.
  $tool setup-schema -v 0.0 || true
  $tool update-schema -d "$schema"
}

prepare temporal temporal
prepare temporal_visibility visibility
