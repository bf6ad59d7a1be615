import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { httpClient } from '../support/http-client.ts';
import { testService } from '../support/service.ts';
import { API_FAILPOINTS, type Failpoint, isKeyedOnly, type Kind } from './failpoints.ts';
import { attempt, insist, prepare, shapeOf, startProcess } from './support.ts';

const service = await testService();
const hits = new Set<string>();

const ROUNDS = Object.entries(API_FAILPOINTS).flatMap(([point, kinds]) =>
  kinds.map((kind): [Failpoint, Kind] => [point as Failpoint, kind]),
);

// Without a key an intent is one transaction, which PostgreSQL's own tests are about.
const KEYLESS = ROUNDS.filter(([point, kind]) => kind === 'order' && !isKeyedOnly(point, kind));

const labelOf = (point: Failpoint, kind: Kind, isKeyed: boolean) =>
  `${point}, ${kind}, ${isKeyed ? 'with' : 'without'} a key`;

/** Takes the place of those that die: it knows nothing of what they were asked. */
const successor = await startProcess(service, 'api', null);
const next = httpClient(successor.port, service.keys.own);

const shapes = new Map<Kind, Promise<object>>();
/** What a request of this kind answers when nobody dies. */
function undisturbed(kind: Kind): Promise<object> {
  const shape =
    shapes.get(kind) ??
    prepare(kind, service)
      .then((ask) => insist(next, ask, randomUUID()))
      .then(shapeOf);
  shapes.set(kind, shape);
  return shape;
}

/** Sends a request to an API that dies of it. */
async function crash(point: Failpoint, kind: Kind, key: string | null) {
  const ask = await prepare(kind, service);
  const api = await startProcess(service, 'api', point);
  const answer = await attempt(httpClient(api.port, service.keys.own), ask, key);
  expect(await api.ended).toBe('SIGKILL');
  hits.add(labelOf(point, kind, key !== null));
  return { ask, answer };
}

test.each(ROUNDS)(
  'an API that dies %s, of a request about an %s: a repeat has one effect and the same answer',
  {
    timeout: 120_000,
  },
  async (point, kind) => {
    const key = randomUUID();
    const { ask, answer } = await crash(point, kind, key);
    const repeated = await insist(next, ask, key);
    expect(shapeOf(repeated)).toEqual(await undisturbed(kind));
    if (answer) expect(repeated.text).toBe(answer.text);
    expect((await insist(next, ask, key)).text).toBe(repeated.text);
    expect(await ask.effects()).toBe(1);
  },
);

test.each(KEYLESS)(
  'an API that dies %s, of a request about an %s without a key: it happened once or not at all',
  {
    timeout: 120_000,
  },
  async (point, kind) => {
    const { ask } = await crash(point, kind, null);
    // By nature it can be asked again: the index is taken, or it is not.
    const again = await attempt(service.send, ask, null);
    expect(again?.status === 201 || again?.headers['error-reason'] === 'milestone_index_taken').toBe(true);
    expect((await service.send('GET', ask.path)).json.data.length).toBe(1);
  },
);

test('every failpoint of the API was hit', () => {
  const keyed = ROUNDS.map(([point, kind]) => labelOf(point, kind, true));
  expect([...hits].sort()).toEqual([...keyed, ...KEYLESS.map(([point, kind]) => labelOf(point, kind, false))].sort());
});
