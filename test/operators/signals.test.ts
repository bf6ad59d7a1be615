/** Operators at the Temporal UI: they copy the example of a signal's description, change it, and send it. */
import { expect, test } from 'vitest';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import type { SecretsKey } from '../../src/secrets-key.ts';
import { CommandProofs } from '../../src/temporal/proof-codec.ts';
import { signalOf } from '../../src/workflows/messages.ts';
import { OPERATOR_COMMANDS } from '../support/operator-commands.ts';
import { SECRETS_KEY, testOrders } from '../support/orders.ts';
import { payload, sendPayloads } from '../support/raw-signals.ts';
import { until } from '../support/until.ts';

const orders = await testOrders();

interface Metadata {
  readonly currentDetails: string;
  readonly definition: {
    readonly signalDefinitions: readonly { readonly name: string; readonly description: string }[];
    readonly queryDefinitions: readonly { readonly name: string; readonly description: string }[];
  };
}

const proofs = new CommandProofs(SECRETS_KEY as SecretsKey);

/** What the UI asks for to show an order's page and the signals to choose from. */
const metadataOf = (orderId: string) => orders.workflow(orderId).query<Metadata>('__temporal_workflow_metadata');

/** The example in a signal's description, as the UI would send it. */
async function exampleOf(orderId: string, signal: string): Promise<string> {
  const { signalDefinitions } = (await metadataOf(orderId)).definition;
  const { description = '' } = signalDefinitions.find(({ name }) => name === signal) ?? {};
  const [, example] = /Example: (\{.*\})$/.exec(description) ?? [];
  if (!example) throw new Error(`${signal} has no example: "${description}"`);
  return example;
}

/** As the UI sends it: the text as it was typed, said to be JSON. */
async function sendFromUi(orderId: string, signal: string, json: string): Promise<string> {
  const before = (await orders.logOf(orderId)).length;
  const typed = payload('json/plain', json);
  const sent = signal === 'settlePayout' ? proofs.proven(typed, orderId, 'payout.settle') : typed;
  await sendPayloads(orders, orderId, signal, [sent]);
  const log = await until(`an outcome of ${signal}`, async () => {
    const entries = await orders.logOf(orderId);
    return entries.length > before && entries;
  });
  const entry = log[before];
  return `${entry?.commandType} ${entry?.outcome === 'rejected' ? entry.reason : entry?.outcome}`;
}

/** An order with an inspection period that has received these signals. */
async function orderWith(signals: readonly [signal: string, json: string][]): Promise<string> {
  const orderId = await orders.createOrder({ terms: { ...DEFAULT_TERMS, inspectionPeriodSeconds: 7 * 24 * 60 * 60 } });
  await orders.signals.wake(orderId);
  for (const [signal, json] of signals) {
    expect(await sendFromUi(orderId, signal, json)).toMatch(/ (accepted|held)$/);
  }
  return orderId;
}

test('every signal and query says what it is for, and every signal but the one without input has an example', async () => {
  const orderId = await orderWith([]);
  const { signalDefinitions, queryDefinitions } = await until(
    'the handlers',
    async () => (await metadataOf(orderId)).definition,
  );
  const own = signalDefinitions.filter(({ name }) => name);
  expect(own.map(({ name }) => name).sort()).toEqual(
    [...OPERATOR_COMMANDS.map(({ signal }) => signal), 'settlePayout', 'wake'].sort(),
  );
  for (const { name, description } of own) {
    const ending = { wake: /No input\.$/, settlePayout: /by hand it is refused\.$/ }[name ?? ''];
    expect(description).toMatch(ending ?? /^[A-Z][^{]+\. Example: \{.*\}$/);
  }
  expect(queryDefinitions.find(({ name }) => name === 'order')?.description).toMatch(/No input\.$/);
});

test.each(OPERATOR_COMMANDS.map((one) => [one.signal, one] as const))(
  'the example of %s does what it says when it is sent as it stands',
  async (signal, { before, type, changes }) => {
    const orderId = await orderWith(before);
    let json = await exampleOf(orderId, signal);
    // Ids and amounts that only this order has.
    for (const [from, to] of Object.entries((await changes?.(() => orders.logOf(orderId))) ?? {}))
      json = json.replace(from, to);
    expect(signalOf(type)).toBe(signal);
    expect(await sendFromUi(orderId, signal, json)).toBe(`${type} accepted`);
    const { currentDetails } = await metadataOf(orderId);
    expect(currentDetails).not.toContain('invalid_command');
  },
);

test.each(OPERATOR_COMMANDS.map(({ signal, type }) => [signal, type] as const))(
  'what nobody can carry out is refused by %s, shows among the last refusals, and harms nothing',
  async (signal, type) => {
    const orderId = await orderWith([]);
    expect(await sendFromUi(orderId, signal, '{"nonsense": 1}')).toBe(`${type} invalid_command`);
    const { currentDetails } = await metadataOf(orderId);
    expect(currentDetails).toMatch(
      new RegExp(
        `Last refusals:\\n\\n\`\`\`\\n1 ${type} invalid_command: .+\\n {4}\\S+, by operator temporal\\n\`\`\`$`,
      ),
    );
    expect(await sendFromUi(orderId, 'fundOrder', '{}')).toBe('order.fund accepted');
  },
);
