/**
 * Requests with one idempotency key that are under way in this process at the same time. The first does the work;
 * its twins wait for it here instead of each asking the database, which would let an impatient client take all of its
 * connections. Twins in other processes, and repeats that come later, meet the stored claim.
 */
import type { Database } from '../db/client.ts';
import { ApiError } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';

interface First {
  readonly fingerprint: Buffer;
  readonly done: Promise<unknown>;
}

/** How a twin waits; it is told to end when it may not. */
type WhileWaiting = <Result>(wait: (patience: AbortSignal) => Promise<Result>) => Promise<Result>;

function endOf(patience: AbortSignal): Promise<null> {
  return new Promise((resolve) => patience.addEventListener('abort', () => resolve(null), { once: true }));
}

/** By database, so that tests may have several services in one process. */
const underWay = new WeakMap<Database, Map<string, First>>();

/**
 * Runs `work`, or waits for the twin that does.
 *
 * @param repeated turns what the first got into what its twins get; null when it was no final answer
 * @param whileWaiting how a twin waits for the first. Default: as long as that takes
 * @throws ApiError `idempotency_in_progress` when the twin may not wait, or the first got no final answer: what becomes of the key is open
 */
export async function amongTwins<Result>(
  db: Database,
  keyed: KeyedRequest | null,
  work: () => Promise<Result>,
  repeated: (first: Result) => Result | null,
  whileWaiting: WhileWaiting = (wait) => wait(new AbortController().signal),
): Promise<Result> {
  if (keyed === null) return work();
  const firsts = underWay.get(db) ?? new Map<string, First>();
  underWay.set(db, firsts);
  const { merchantId, mode, role, idempotencyKey } = keyed.scope;
  const key = JSON.stringify([merchantId, mode, role, idempotencyKey]);
  const first = firsts.get(key);
  if (first?.fingerprint.equals(keyed.fingerprint)) {
    const answered = first.done.then((got) => repeated(got as Result)).catch(() => null);
    const result = await whileWaiting((patience) => Promise.race([answered, endOf(patience)]));
    if (result === null) throw new ApiError('idempotency_in_progress');
    return result;
  }
  const done = work();
  // Another request under the same key: the claim decides between the two.
  if (first) return done;
  firsts.set(key, { fingerprint: keyed.fingerprint, done });
  try {
    return await done;
  } finally {
    firsts.delete(key);
  }
}
