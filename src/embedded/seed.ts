/**
 * What `npm start` puts into an empty service, so that the published example runs at once: two test merchants with a
 * key each, and one funded order.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { apiKeyIdOf, createApiKey, hashApiKey } from '../api/api-keys.ts';
import { creationEvents } from '../api/intent-creation.ts';
import { rememberOpening } from '../api/openings.ts';
import type { OrderGateway } from '../api/submission.ts';
import type { Database } from '../db/client.ts';
import { findIntent, insertIntent } from '../db/queries.ts';
import { apiKeys, merchants } from '../db/schema.ts';
import { DEFAULT_TERMS } from '../domain/terms.ts';
import { type ApiKeyProofs, withProof } from '../proofs/api-key-proofs.ts';
import { readJson, writeFileAtomically } from './files.ts';

/** The intent of the published example. */
export const SEEDED_INTENT_ID = 'intent_2xYz9AbC123';
export const SEEDED_ORDER_ID = 'escrow_order_abc123';
const MERCHANTS = { apiKey: 'merchant_demo', otherApiKey: 'merchant_other' } as const;
const DEMO = { merchantId: MERCHANTS.apiKey, mode: 'test', currency: 'USDC', amount: '1000.00' } as const;
/** The platform's own keys: whoever tries Tranche out has one, and may do what either party may. */
const ROLE = 'operator';
const FUNDING_WAIT_MS = 30_000;

export interface DemoKeys {
  readonly apiKey: string;
  readonly otherApiKey: string;
}

/** Keys are shown once and stored hashed, so a development home keeps its own copy, readable by its owner only. */
export function demoKeys(home: string): DemoKeys {
  const path = join(home, 'api-keys.json');
  const kept = readJson(path) as Partial<DemoKeys> | undefined;
  if (typeof kept?.apiKey === 'string' && typeof kept.otherApiKey === 'string') return kept as DemoKeys;
  const made = { apiKey: createApiKey('test', ROLE).key, otherApiKey: createApiKey('test', ROLE).key };
  writeFileAtomically(path, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** Seeds what is missing; repeating it changes nothing. */
export async function seed(db: Database, gateway: OrderGateway, keys: DemoKeys, proofs: ApiKeyProofs): Promise<void> {
  for (const name of ['apiKey', 'otherApiKey'] as const) {
    const merchantId = MERCHANTS[name];
    await db
      .insert(merchants)
      .values({ id: merchantId, name: `${merchantId} (seeded)` })
      .onConflictDoNothing();
    const key = withProof({ ...storedForm(keys[name]), merchantId }, proofs);
    await db
      .insert(apiKeys)
      .values(key)
      // The home's secret may have been made anew.
      .onConflictDoUpdate({ target: apiKeys.id, set: { proof: key.proof } });
  }
  const found = await findIntent(db, SEEDED_INTENT_ID);
  if (!found) await insertDemoOrder(db);
  if (found?.intent.status === 'SUCCEEDED') return;
  rememberOpening(db, { id: SEEDED_ORDER_ID, ...DEMO, status: 'PENDING' });
  const submission = await gateway.submit(
    SEEDED_ORDER_ID,
    {
      id: `cmd_seed${randomBytes(8).toString('hex')}`,
      type: 'order.fund',
      actor: { role: 'operator', id: 'seed' },
      receivedAt: Date.now(),
      turnWaitMs: 0,
    },
    { merchantId: DEMO.merchantId, waitMs: FUNDING_WAIT_MS, untilHeld: false, send: true },
  );
  if (submission.kind !== 'recorded') {
    throw new Error(`The seeded order could not be funded (${submission.kind}). Look at the logs, then start again.`);
  }
}

function storedForm(key: string) {
  const id = apiKeyIdOf(key);
  if (!id) throw new Error('The kept API keys are not valid ones. Delete api-keys.json in the home and start again.');
  return { id, mode: 'test', role: ROLE, hash: hashApiKey(key), lastFour: key.slice(-4) } as const;
}

async function insertDemoOrder(db: Database): Promise<void> {
  const now = new Date();
  const times = { createdAt: now, updatedAt: now };
  const intent = {
    id: SEEDED_INTENT_ID,
    ...DEMO,
    ...times,
    type: 'DELIVERY_VS_PAYMENT' as const,
    settlementMethod: 'OFF_RAMP_MOCK',
    settlementDestination: 'bank_account_123',
    description: 'Website redesign (seeded)',
    metadata: { releaseType: 'MILESTONE_LOCKED' },
  };
  const order = {
    id: SEEDED_ORDER_ID,
    paymentIntentId: SEEDED_INTENT_ID,
    ...DEMO,
    ...times,
    releaseType: 'MILESTONE_LOCKED' as const,
    autoReleaseOnProof: false,
    terms: DEFAULT_TERMS,
    lastAt: now,
    eventSequence: 2,
  };
  await insertIntent(db, { intent, order, events: creationEvents(intent, order), claim: null });
}
