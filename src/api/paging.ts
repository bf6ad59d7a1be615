/**
 * Pages of lists: where one starts.
 */
import { ApiError } from './errors.ts';

/**
 * What stands at the place that `starting_after` names; null without one.
 *
 * @param whose what the list is of: `your payouts`
 * @param find null when there is nothing of this id that the caller may see
 * @throws ApiError when there is no such place
 */
export async function requireCursor<Cursor>(
  after: string | undefined,
  whose: string,
  find: (id: string) => Promise<Cursor | null> | Cursor | null,
): Promise<Cursor | null> {
  if (after === undefined) return null;
  const cursor = await find(after);
  if (cursor !== null) return cursor;
  const message = `starting_after must be the id of one of ${whose}, got ${JSON.stringify(after)}`;
  throw new ApiError('field_invalid', { message, param: 'starting_after' });
}
