import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type InjectedSinks, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { fromSnapshot, LATER_FIELDS } from '../../src/domain/compact.ts';
import type { EscrowOrder } from '../../src/domain/escrow-order.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { CommitResult, LoadedOrder } from '../../src/domain/protocol.ts';
import { PAYLOAD_CONVERTER_PATH } from '../../src/temporal/connection.ts';
import { describeOrder } from '../../src/workflows/operator-page.ts';
import type { GoldenHistory } from '../histories/golden-history.ts';
import type { ProbeSinks } from '../support/replay-probe.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const FOLDER = pathOf('../histories/');

const golden = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, GoldenHistory] => [name, JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8'))]);

/** Today's workflow, with an interceptor that shows its state. */
let workflowBundle: { code: string };

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, shutdownSignals: [] });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: pathOf('../../src/workflows/index.ts'),
    workflowInterceptorModules: [pathOf('../support/replay-probe.ts')],
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    logger,
  });
});

/** Replays one run; answers the order as the replayed workflow describes it at the end. */
async function replay(history: unknown, workflowId: string): Promise<string> {
  let described = '';
  const show = (_: unknown, details: string) => {
    described = details;
  };
  const sinks: InjectedSinks<ProbeSinks> = { probe: { details: { fn: show, callDuringReplay: true } } };
  const dataConverter = { payloadConverterPath: PAYLOAD_CONVERTER_PATH };
  await Worker.runReplayHistory({ workflowBundle, dataConverter, sinks }, history, workflowId);
  return described;
}

/** The order at one of its versions, by its log. */
function orderAt({ beginning, log }: GoldenHistory, version: number): EscrowOrder {
  return evolve({ ...LATER_FIELDS, ...beginning }, log.slice(0, version));
}

test('the recordings of the latest release go through every answer and every way a run goes on', () => {
  const runs = golden.flatMap(([, { runs: ofOne }]) => ofOne) as { events: { eventType: string }[] }[];
  const answers = runs.flatMap(answersOf).flatMap(({ result }) => (result as CommitResult).kind ?? []);
  const events = runs.flatMap((run) => run.events).map(({ eventType }) => eventType.replace('EVENT_TYPE_', ''));
  expect(new Set(answers)).toEqual(new Set(['recorded', 'refused', 'behind']));
  expect(events).toEqual(
    expect.arrayContaining([
      ...['TIMER_FIRED', 'ACTIVITY_TASK_COMPLETED', 'WORKFLOW_EXECUTION_CANCEL_REQUESTED'],
      ...['WORKFLOW_EXECUTION_CONTINUED_AS_NEW', 'WORKFLOW_EXECUTION_COMPLETED'],
    ]),
  );
  const outcomes = golden.flatMap(([, { log }]) => log.map(({ outcome }) => outcome));
  expect(new Set(outcomes)).toEqual(new Set(['accepted', 'rejected', 'held']));
});

test.each(golden)("%s replays on today's code and folds to what its log says", async (_, recorded) => {
  let version = 0;
  for (const run of recorded.runs) {
    const described = await replay(run, recorded.workflowId);
    version = Number(/version (\d+)/.exec(described)?.[1]);
    expect(version).toBeGreaterThan(0);
    // The log in its compact form does not say why a command was refused; what the page says of that comes last.
    expect(described.split('\n\nLast refusals:')[0]).toBe(describeOrder(orderAt(recorded, version)));
  }
  expect(version).toBe(recorded.log.length);
});

test.each(golden)('what the activities of %s answered folds to its log on its own', (_, recorded) => {
  let order: EscrowOrder | null = null;
  for (const { activity, result } of recorded.runs.flatMap(answersOf)) {
    if (activity === 'loadOrder') {
      const { searchable: _, ...snapshot } = result as LoadedOrder;
      order = fromSnapshot(snapshot);
      if (order.version > 0) expect(order).toEqual(orderAt(recorded, order.version));
      continue;
    }
    const answer = result as CommitResult;
    if (order && answer.kind === 'recorded') order = evolve(order, answer.entries);
  }
  expect(order).toEqual(orderAt(recorded, recorded.log.length));
});

test('a run that goes on differently than recorded does not replay', async () => {
  const [, recorded] = golden[0] ?? [];
  if (!recorded) throw new Error('nothing is recorded');
  const run = structuredClone(recorded.runs[0]) as { events: { eventType: string }[] };
  // Without one of its activities the workflow asks for something that the history does not have.
  const marker = run.events.findIndex(({ eventType }) => eventType === 'EVENT_TYPE_MARKER_RECORDED');
  run.events.splice(marker, 1);
  await expect(replay(run, recorded.workflowId)).rejects.toThrow();
});

interface JsonEvent {
  markerRecordedEventAttributes?: { details: Record<string, JsonPayloads>; failure?: unknown };
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  activityTaskCompletedEventAttributes?: { scheduledEventId: string; result: JsonPayloads };
}
type JsonPayloads = { payloads: { data: string }[] };

/** The answers that a history holds: local activities' in markers, regular ones' in events of their own. */
function answersOf(history: unknown): { activity: string; result: unknown }[] {
  const { events } = history as { events: JsonEvent[] };
  return events.flatMap((event) => {
    const marker = event.markerRecordedEventAttributes;
    if (marker && !marker.failure) {
      const { activity_type: activity } = decoded(marker.details.data) as { activity_type: string };
      return [{ activity, result: decoded(marker.details.result) }];
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const scheduled = events[Number(completed?.scheduledEventId) - 1]?.activityTaskScheduledEventAttributes;
    return completed && scheduled ? [{ activity: scheduled.activityType.name, result: decoded(completed.result) }] : [];
  });
}

function decoded(payloads: JsonPayloads | undefined): unknown {
  return JSON.parse(Buffer.from(payloads?.payloads[0]?.data ?? '', 'base64').toString());
}
