/** SECRETS_KEY is changed: what was made with the key before is read while SECRETS_KEY_PREVIOUS is set, and made anew. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { resealSecrets } from '../../src/activities/webhook-reseal.ts';
import { findEndpoint, insertEndpoint } from '../../src/db/webhook-endpoints.ts';
import { EndpointProofs } from '../../src/proofs/endpoint-proofs.ts';
import { StoredProofs } from '../../src/proofs/stored-proofs.ts';
import { readSecretsKey, type SecretsKey } from '../../src/secrets-key.ts';
import { CommandProofs, ProofCodec } from '../../src/temporal/proof-codec.ts';
import { newSecret, openSecret, sealSecret } from '../../src/webhooks/secrets.ts';
import { PROOF_METADATA } from '../../src/workflows/proofs.ts';
import { command, MERCHANT_ID, testOrders } from '../support/orders.ts';

const { db } = await testOrders({ worker: false });
const texts = [0, 1, 2].map(() => randomBytes(32).toString('base64'));
const [older, old, current] = texts.map((SECRETS_KEY) => readSecretsKey({ SECRETS_KEY }) as SecretsKey) as [
  SecretsKey,
  SecretsKey,
  SecretsKey,
];
const changed = readSecretsKey({ SECRETS_KEY: texts[2], SECRETS_KEY_PREVIOUS: texts[1] }) as SecretsKey;

test('stored commands and signals that were proven with the key before are believed, older ones are not', async () => {
  const one = command('milestone.create', { milestoneIndex: 0, amount: '1.00' });
  const believed = (maker: SecretsKey) => {
    const proof = new StoredProofs(maker).of('escrow_order_1', one);
    return new StoredProofs(changed).prove('escrow_order_1', { payload: one, proof, isAdopted: false });
  };
  expect([current, changed, old, older].map(believed)).toEqual([true, true, true, false]);
  const verdictOn = async (maker: SecretsKey) => {
    const [read] = await new ProofCodec(changed).decode([new CommandProofs(maker).payload('escrow_order_1', one)]);
    return Buffer.from(read?.metadata?.[PROOF_METADATA.verdict] ?? []).toString();
  };
  const verdicts = await Promise.all([current, changed, old, older].map(verdictOn));
  expect(verdicts.map((verdict) => verdict !== 'wrong')).toEqual([true, true, true, false]);
});

test('the secrets of endpoints are sealed and their addresses proven anew, and then the key before can go', async () => {
  const insert = (id: string, key: SecretsKey, secret: string) => {
    const facts = { id, merchantId: MERCHANT_ID, mode: 'test' as const, url: 'https://shop.example.com' };
    const proof = new EndpointProofs(key).of(facts);
    return insertEndpoint(db, {
      ...{ ...facts, proof, description: null },
      ...{ eventTypes: null, secret: sealSecret(key, id, secret) },
    });
  };
  const [before, now, lost] = [newSecret(), newSecret(), newSecret()];
  await insert('webhook_endpoint_before', old, before);
  await insert('webhook_endpoint_now', current, now);
  await insert('webhook_endpoint_lost', older, lost);
  const isProven = async (id: string, key: SecretsKey) => {
    const endpoint = await findEndpoint(db, id);
    return endpoint && new EndpointProofs(key).prove(endpoint);
  };
  const provenBy = (key: SecretsKey) =>
    Promise.all(['before', 'now', 'lost'].map((name) => isProven(`webhook_endpoint_${name}`, key)));
  expect(await provenBy(changed)).toEqual([true, true, false]);
  expect(await provenBy(current)).toEqual([false, true, false]);
  const sealed = async (id: string) => (await findEndpoint(db, id))?.secret ?? Buffer.alloc(0);
  expect(openSecret(changed, 'webhook_endpoint_before', await sealed('webhook_endpoint_before'))).toBe(before);
  expect(await resealSecrets(db, changed)).toBe(1);
  expect(await resealSecrets(db, changed)).toBe(0);
  expect(openSecret(current, 'webhook_endpoint_before', await sealed('webhook_endpoint_before'))).toBe(before);
  expect(openSecret(current, 'webhook_endpoint_now', await sealed('webhook_endpoint_now'))).toBe(now);
  expect(openSecret(older, 'webhook_endpoint_lost', await sealed('webhook_endpoint_lost'))).toBe(lost);
  expect(await provenBy(current)).toEqual([true, true, false]);
});
