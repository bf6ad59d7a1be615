import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { type Failpoint, WORKER_FAILPOINTS } from './failpoints.ts';
import { type Ask, attempt, insist, prepare, type Started, shapeOf, startProcess } from './support.ts';

const service = await testService({ roles: { worker: false } });
const admin = adminOf(service);
const hits = new Set<string>();

const ROUNDS = WORKER_FAILPOINTS.flatMap((point) =>
  (['with a key', 'without a key'] as const).map((how): [Failpoint, string] => [point, how]),
);

/** Kills the worker while PostgreSQL is in the middle of its commit, and then lets that be rolled back or go through. */
async function killInsideCommit(worker: Started, ask: Ask, sent: () => void, goesThrough: boolean): Promise<void> {
  await admin.begin(async (tx) => {
    // As the commit's own lock, which lets the API's claim refer to the order.
    await tx`SELECT FROM escrow_orders WHERE payment_intent_id = ${ask.path.split('/')[3] as string} FOR NO KEY UPDATE`;
    sent();
    const pid = await until(
      'the commit to be under way',
      async () => {
        const [found] = await admin`SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'crashing' AND wait_event_type = 'Lock'`;
        return found?.pid as number | undefined;
      },
      60_000,
    );
    worker.child.kill('SIGKILL');
    await worker.ended;
    if (!goesThrough) await admin`SELECT pg_terminate_backend(${pid}, 5000)`;
  });
  const expected = goesThrough ? 1 : 0;
  await until('what becomes of the commit', async () => (await ask.effects()) === expected);
}

test.each(ROUNDS)(
  'a worker that dies %s, of a request %s: it happens exactly once',
  { timeout: 180_000 },
  async (point, how) => {
    const key = how === 'with a key' ? randomUUID() : null;
    const ask = await prepare('order', service);
    const dying = await startProcess(service, 'worker', point);
    const answering: { answer?: ReturnType<typeof attempt> } = {};
    const sent = () => {
      answering.answer = attempt(service.send, ask, key);
    };
    if (point.startsWith('inside the commit')) {
      await killInsideCommit(dying, ask, sent, point.endsWith('goes through'));
    } else {
      sent();
    }
    expect(await dying.ended).toBe('SIGKILL');
    hits.add(`${point} ${how}`);

    const next = await service.startAnother({ roles: { api: false } });
    const undisturbed = await insist(service.send, await prepare('order', service), randomUUID());
    const answer = await answering.answer;
    expect([201, 202]).toContain(answer?.status);
    if (key !== null) {
      const repeated = await insist(service.send, ask, key);
      expect(shapeOf(repeated)).toEqual(shapeOf(undisturbed));
      if (answer?.status === 201) expect(repeated.text).toBe(answer.text);
    }
    // Nobody asks again, and it happens all the same: Temporal has it.
    await until('the request to be carried out', async () => (await ask.effects()) === 1, 60_000);
    expect((await service.send('GET', ask.path)).json.data.length).toBe(1);
    await next.stop();
  },
);

test('every failpoint of the worker was hit', () => {
  expect([...hits].sort()).toEqual(ROUNDS.map(([point, how]) => `${point} ${how}`).sort());
});
