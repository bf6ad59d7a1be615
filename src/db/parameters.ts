import { type SQL, sql } from 'drizzle-orm';

/**
 * A list of texts as one parameter. The statement's text stays the same for any number of them, so that it can stay
 * prepared, and the driver need not ask the server for its array types at each connection.
 */
export function texts(values: readonly string[]): SQL {
  return sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}
