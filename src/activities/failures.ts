/**
 * Technical failures on their way to Temporal, which keeps them in the order's history. The driver's errors quote the
 * statement and its parameters, and with them what people wrote; here only the kind of failure goes on.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { sqlState } from '../db/client.ts';

/** Runs an activity; what it throws becomes a short failure that may be retried. The original goes to `report`. */
export async function withBriefFailures<Result>(
  activity: string,
  report: (error: unknown) => void,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    report(error);
    const kind = sqlState(error) ?? codeOf(error) ?? 'unexpected error';
    throw ApplicationFailure.retryable(`${activity} failed: ${kind}. The log of the worker tells more.`, 'Technical');
  }
}

function codeOf(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return null;
}
