/**
 * Pages of lists: how large one is, and where it starts.
 */
import { z } from 'zod';
import { isStorableText } from '../domain/field-reader.ts';
import { ApiError } from './errors.ts';

/** How many objects a page has at most, and how many of its milestones an order shows. */
export const PAGE_MAX = 100;

/** Query parameters arrive as text, and as an array when given twice. */
export const page = {
  limit: z
    .string(`an integer from 1 to ${PAGE_MAX}`)
    .regex(/^([1-9][0-9]?|100)$/, `an integer from 1 to ${PAGE_MAX}`)
    .transform(Number)
    .default(10),
  // A body has no NUL by now, but "%00" in a query does, and PostgreSQL fails on it.
  starting_after: z
    .string('the id of the last object of the page before')
    .refine(isStorableText, 'the id of the last object of the page before')
    .optional(),
};

/** Of lists without filters. */
export const pageQuery = z.strictObject(page);

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
