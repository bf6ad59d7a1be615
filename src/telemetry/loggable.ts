/**
 * From whatever was thrown to a log line without what clients or the database wrote.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import { sqlState } from '../db/client.ts';

/** An error for the log: no statement, no parameters, no fields that a library may add. */
export function loggable(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  // Drizzle's own message repeats the statement with its parameters, and so what clients wrote.
  if (error instanceof DrizzleQueryError) return loggable(error.cause);
  const { name, message, stack, cause } = error;
  const state = sqlState(error);
  return {
    name,
    message,
    stack,
    ...(state !== null && { sqlState: state }),
    ...(cause !== undefined && { cause: loggable(cause) }),
  };
}
