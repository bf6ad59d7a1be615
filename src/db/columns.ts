/** Kinds of columns that the tables share. */
import { customType, numeric, timestamp } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
/** Becomes the domain money_amount in the guards: finite, not negative, at most 18 decimals. */
export const money = (name: string) => numeric(name);
