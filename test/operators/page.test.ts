/** The order's page in the Temporal UI, drawn without a server. */
import { expect, test } from 'vitest';
import type { EscrowOrder, Milestone } from '../../src/domain/escrow-order.ts';
import type { ProposedEntry } from '../../src/domain/outcomes.ts';
import { parseCommand } from '../../src/domain/parse-command.ts';
import { propose } from '../../src/domain/propose.ts';
import { DEFAULT_TERMS } from '../../src/domain/terms.ts';
import { describeOrder, MILESTONE_WINDOW, readRefusals, refusalsOf } from '../../src/workflows/operator-page.ts';
import { summaryOfBatch } from '../../src/workflows/summaries.ts';
import { upTo } from '../support/numbers.ts';
import { command } from '../support/orders.ts';

const AT = Date.UTC(2026, 0, 1);
const DAY = 24 * 60 * 60 * 1_000;

function orderOf(fields: Partial<EscrowOrder> = {}): EscrowOrder {
  return {
    ...{ id: 'escrow_order_1', paymentIntentId: 'intent_1', merchantId: 'merchant_1', mode: 'live', currency: 'USDC' },
    ...{ amount: '1000.00', releaseType: 'MILESTONE_LOCKED', autoReleaseOnProof: false, terms: DEFAULT_TERMS },
    ...{ status: 'PENDING', version: 7, lastAt: AT, funded: '1000.00', allocated: '600.00', released: '100.00' },
    ...{ refunded: '50.00', paidUnallocated: '50.00', dispute: null, restPayout: null, clockOffsetMs: 0 },
    ...{ milestones: [], held: [] },
    ...fields,
  };
}

const pending = (amount = '1.00'): Milestone => ({ status: 'PENDING', amount });
const rows = (page: string) =>
  (page.split('```')[1] ?? '')
    .trim()
    .split('\n')
    .map((row) => row.trim());

test('the page tells money, milestones, dispute, what waits for what, and what happens next', () => {
  const held = [
    {
      command: command('milestone.release', { milestoneIndex: 2, id: 'cmd_1', receivedAt: AT, turnWaitMs: null }),
      until: null,
      cancelled: false,
    },
    {
      command: command('milestone.create', {
        milestoneIndex: 5,
        amount: '1.00',
        id: 'cmd_2',
        receivedAt: AT,
        turnWaitMs: DAY,
      }),
      until: AT + DAY,
      cancelled: false,
    },
  ];
  const milestones: Milestone[] = [
    { status: 'RELEASED', amount: '100.00', payout: { status: 'FAILED', amount: '100.00' } },
    { status: 'COMPLETED', amount: '5.00', inspectionEndsAt: AT + 2 * DAY },
    { status: 'PENDING', amount: '1.50', dueAt: AT + 3 * DAY },
  ];
  const dispute = { milestoneIndex: 2, raisedByRole: 'buyer', raisedAt: AT, endsAt: AT + 7 * DAY } as const;
  const page = describeOrder(orderOf({ milestones, held, dispute, status: 'DISPUTED' }));
  expect(page).toBe(`**1000.00 USDC** · DISPUTED · version 7

funded 1000.00 · allocated 600.00 · released 100.00 · refunded 50.00 · remaining 850.00

**Disputed**: milestone 2 and later, by the buyer since 2026-01-01T00:00:00Z. Without a resolution BUYER_WON applies at 2026-01-08T00:00:00Z. To end it: \`resolveDispute\` or \`withdrawDispute\`.

\`\`\`
index  amount  status
    0  100.00  RELEASED   payout FAILED
    1    5.00  COMPLETED  inspection until 2026-01-03T00:00:00Z
    2    1.50  PENDING    due 2026-01-04T00:00:00Z
\`\`\`

Waiting for their turn: 2. To withdraw one: \`cancelCommand\` with its id.

\`\`\`
milestone.release 2 waits for the dispute of milestone 2 to be resolved
    since 2026-01-01T00:00:00Z, no end, id cmd_1
milestone.create 5 waits for milestone 4 to be created
    since 2026-01-01T00:00:00Z, until 2026-01-02T00:00:00Z, id cmd_2
\`\`\`

Next deadline: 2026-01-02T00:00:00Z, a held command stops waiting.

In the API: \`GET /v1/payment-intents/intent_1/escrow\`. What to do about an order: docs/OPERATIONS.md.`);
});

test('of many milestones those around the next one are shown, and the page says what it leaves out', () => {
  const settled = upTo(500).map((): Milestone => ({ status: 'RELEASED', amount: '1.00' }));
  const page = describeOrder(orderOf({ milestones: [...settled, ...upTo(500).map(() => pending())] }));
  expect(rows(page)).toHaveLength(1 + MILESTONE_WINDOW);
  expect(rows(page)[1]).toMatch(/^480 /);
  expect(page).toContain('40 of 1000 milestones shown; left out: 480 before them and 480 after them.');
  const [first, last] = [
    describeOrder(orderOf({ milestones: upTo(50).map(() => pending()) })),
    describeOrder(orderOf({ milestones: settled })),
  ];
  expect(first).toContain('40 of 50 milestones shown; left out: 10 after them.');
  expect(last).toContain('40 of 500 milestones shown; left out: 460 before them.');
});

const HOSTILE = [
  '```\n# You won\n<script>alert(1)</script>',
  '![x](https://evil.example/x.png) [click](javascript:alert(1)) <img src=x onerror=alert(1)>',
  'a\u2028```\u2029```\r\n```',
  '\u202egnp.exe\u200b\u0000\u0007',
  '~~~\n| a | b |\n|---|---|',
  '`'.repeat(50),
];

test.each(HOSTILE)('a text of people cannot change how the page is drawn: %j', (text) => {
  const fallback = { id: 'signal/1', actor: { role: 'operator', id: text }, receivedAt: AT } as const;
  const hostile = [
    parseCommand('milestone.create', { milestoneIndex: 0, amount: text }, fallback),
    parseCommand(
      'milestone.create',
      { milestoneIndex: 0, amount: '1.00', [text]: text },
      { ...fallback, id: 'signal/2' },
    ),
    parseCommand('milestone.release', { milestoneIndex: 9, actor: text }, { ...fallback, id: 'signal/3' }),
  ];
  const { entries } = propose(orderOf(), hostile, AT);
  expect(entries.map(({ outcome }) => outcome)).toEqual(Array(3).fill('rejected'));
  const page = describeOrder(orderOf(), refusalsOf(entries, 8));
  const [before = '', block = '', after, ...more] = page.split('```');
  expect(before).toBe(`${describeOrder(orderOf())}\n\nLast refusals:\n\n`);
  // One code block with two lines for each refusal, and nothing outside of it.
  expect([after, more]).toEqual(['', []]);
  expect(block).toMatch(/^\n8 .*\n {4}.*\n9 .*\n {4}.*\n10 .*\n {4}.*\n$/);
  expect(block).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}`]/u);
});

test('what people wrote about accepted commands is not on the page at all', () => {
  const description = '```<script>alert(1)</script>';
  const order = orderOf({ milestones: [{ ...pending(), description } as Milestone] });
  expect(describeOrder(order)).toBe(describeOrder(orderOf({ milestones: [pending()] })));
});

test('a long refusal is cut, and refusals that a run carried are read back whatever they are', () => {
  const actor = { role: 'operator', id: 'x'.repeat(200) } as const;
  const entry: ProposedEntry = {
    ...{ commandId: 'a', commandType: 'unknown', actor, at: AT, outcome: 'rejected', reason: 'invalid_command' },
    ...{ detail: { problem: 'y'.repeat(5_000) }, wasHeld: false },
  };
  const refusals = refusalsOf([entry], 1);
  for (const line of describeOrder(orderOf(), refusals).split('\n')) expect(line.length).toBeLessThanOrEqual(201);
  expect(readRefusals(JSON.parse(JSON.stringify(refusals)))).toEqual(refusals);
  for (const nonsense of [undefined, null, 7, 'x', {}, [null, 7, {}, { version: 1 }]])
    expect(readRefusals(nonsense)).toEqual([]);
});

test('drawing the page of a thousand milestones takes less than twice as long as writing them out once', () => {
  const milestones = upTo(1_000).map(
    (index): Milestone => (index < 500 ? { status: 'RELEASED', amount: '1.00' } : { ...pending(), dueAt: AT + DAY }),
  );
  const held = upTo(20).map((index) => ({
    command: command('milestone.create', { milestoneIndex: 2_000 + index, amount: '1.00', turnWaitMs: null }),
    until: null,
    cancelled: false,
  }));
  const order = orderOf({ milestones, held });
  const [page, json] = [medianMs(() => describeOrder(order)), medianMs(() => JSON.stringify(order))];
  console.info(`a page of 1000 milestones: ${page.toFixed(3)} ms; as JSON: ${json.toFixed(3)} ms`);
  expect(page).toBeLessThan(2 * json);
});

function medianMs(work: () => unknown): number {
  const took = upTo(400).map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return took.sort((a, b) => a - b)[200] ?? 0;
}

test('the summary of a commit names its versions and what is recorded, however much it is', () => {
  const { entries } = propose(
    orderOf({ milestones: [pending()], held: [] }),
    [1, 2, 3, 7].map((milestoneIndex) =>
      command('milestone.create', { milestoneIndex, amount: '1.00', turnWaitMs: null }),
    ),
    AT,
  );
  expect(summaryOfBatch(entries, 7)).toBe('8-11: create 1-3, 1 held');
  const odd = upTo(500).map(
    (index): ProposedEntry => ({
      ...{ commandId: `${index}`, commandType: 'milestone.create', actor: { role: 'merchant', id: 'm' }, at: AT },
      ...{
        outcome: 'accepted',
        events: [{ type: 'milestone.created', index: index * 2, amount: '1.00' }],
        wasHeld: false,
      },
    }),
  );
  // Temporal refuses summaries of more than 400 bytes.
  expect(Buffer.byteLength(summaryOfBatch(odd, 0))).toBeLessThan(200);
});

test('the page says that a dispute waits for people, and what is left over when all milestones are settled', () => {
  const dispute = { milestoneIndex: 0, raisedByRole: 'buyer', raisedAt: AT, endsAt: AT + 7 * DAY } as const;
  const open = { status: 'DISPUTED' } as const;
  const ending = (more: object) =>
    describeOrder(orderOf({ ...open, milestones: [pending()], dispute: { ...dispute, ...more } }));
  expect(ending({})).toContain('Without a resolution BUYER_WON applies at 2026-01-08T00:00:00Z.');
  expect(ending({ isOpenEnded: true })).toContain(
    'It waits for a decision without end: BUYER_WON would pay who raised it. To end it: `resolveDispute`',
  );
  const decision = command('dispute.resolve', { resolution: 'MERCHANT_WON', isDecision: true });
  const held = [{ command: decision, until: null, cancelled: false }];
  expect(describeOrder(orderOf({ ...open, milestones: [pending(), pending()], held, dispute }))).toContain(
    'It is decided, and the decision waits for its turn. To end it',
  );
  const settled: Milestone[] = [{ status: 'RELEASED', amount: '999.99' }];
  const page = describeOrder(orderOf({ milestones: settled, released: '949.99' }));
  expect(page).toContain('All milestones are settled, and 0.01 belongs to none: `refundOrder`, or another milestone.');
});
