/** Kinds of columns that the tables share. */
import { customType, numeric, timestamp } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
/** Becomes the domain money_amount in the guards: finite, not negative, at most 18 decimals. */
export const money = (name: string) => numeric(name);
/** PostgreSQL's number of a transaction, which never wraps around. Text, because it may exceed 2^53. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
