/**
 * The tables. What the ORM can say stands in these files and is generated into drizzle/; what it cannot (domains,
 * triggers, grants) stands there in the migrations called guards. The database is the second guard of every rule.
 */
export * from './schema-commands.ts';
export * from './schema-fundings.ts';
export * from './schema-ledger.ts';
export * from './schema-orders.ts';
export * from './schema-webhooks.ts';
