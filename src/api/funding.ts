/**
 * Collects a payment intent's money through the funding port of its mode, before its order is told that it is there.
 *
 * The collection is recorded before the port is asked. So whatever ends in between, the sweeper asks again, tells the
 * order, or gives the money back when the intent was cancelled (src/activities/funding-sweep.ts).
 */
import type { Database } from '../db/client.ts';
import {
  claimFunding,
  findFunding,
  keepFundingError,
  recordCollected,
  recordRefused,
  replaceFundingCommand,
} from '../db/fundings.ts';
import type { IntentRow, OrderRow } from '../db/queries.ts';
import type { FundOrder } from '../domain/commands.ts';
import { formatAmount } from '../domain/money.ts';
import { isAllowed } from '../domain/permissions.ts';
import { askFundingPort, PermanentPortError } from '../settlement/ports.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';

/** What the order is to be told. */
interface ToTell {
  readonly command: FundOrder;
  /** Whether the money is there for it. */
  readonly isOwed: boolean;
}

/**
 * Returns when the money is there, or when the order will refuse the command anyway and nothing may be collected.
 * Repeating it is safe: the intent's id is the key that the port collects under once.
 *
 * @param keyed a process may have died after it collected for this key and before it claimed it
 * @throws ApiError when the money was not collected, or it is not known whether it was
 */
export async function collectFunds(
  { db, funding, proofs }: Pick<ApiDependencies, 'db' | 'funding' | 'proofs'>,
  intent: IntentRow,
  order: OrderRow,
  command: FundOrder,
  keyed: KeyedRequest | null,
): Promise<ToTell> {
  const port = funding[intent.mode];
  if (!port) throw new ApiError('live_funding_unavailable');
  const { id: key, currency, mode } = intent;
  const claim = keyed && { ...keyed.scope, fingerprint: keyed.fingerprint };
  const mayCollect = intent.status === 'INITIATED' && isAllowed(order, command);
  const facts = {
    ...{ intentId: key, orderId: order.id, command },
    ...{ idempotencyKey: keyed?.scope.idempotencyKey ?? null, fingerprint: keyed?.fingerprint ?? null },
  };
  const proof = proofs?.ofFunding(facts) ?? null;
  const claimed = mayCollect ? await claimFunding(db, key, command, claim, proof) : null;
  if (!claimed) return { command, isOwed: false };
  // Carried out, it would get the service's own proof.
  const isOurs = proofs?.proveFunding({ ...facts, ...claimed }) ?? true;
  if (!isOurs) await replaceFundingCommand(db, key, command, proof);
  try {
    await askFundingPort(port, 'collect', { key, amount: formatAmount(intent.amount), currency, mode });
  } catch (cause) {
    if (cause instanceof PermanentPortError) {
      await recordRefused(db, key, cause.message);
      throw new ApiError('funding_refused', { message: cause.message, cause });
    }
    await keepFundingError(db, key, String(cause));
    throw new ApiError('funding_unavailable', { internal: `Funding of ${key} failed`, cause });
  }
  await recordCollected(db, key);
  return { command: isOurs ? claimed.command : command, isOwed: true };
}

/**
 * A cancel would leave money behind that is on its way in. One that gets past this check, by a moment or straight
 * through Temporal, has the money given back.
 *
 * @throws ApiError while the intent's money is being collected
 */
export async function refuseWhileCollecting(db: Database, intentId: string): Promise<void> {
  const funding = await findFunding(db, intentId);
  if (!funding?.open || funding.status === 'RETURNING') return;
  throw new ApiError('funding_under_way');
}
