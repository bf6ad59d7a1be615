// A page of another origin in headless Chromium: where its origin is allowed it makes the README's journey with fetch,
// and reads answers, their headers and a refusal; from an origin that is not allowed it reads nothing.
//
//   node other-origin.mjs <port of the page>
//
// Environment: CHROMIUM, the browser's program; BASE_URL, API_KEY. The API allows the origin http://127.0.0.1:<port>.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { withPage } from './chromium.mjs';

const [port] = process.argv.slice(2);
const { BASE_URL, API_KEY } = process.env;
const site = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>Shop</title><p>Shop</p>');
}).listen(Number(port), '127.0.0.1');
await once(site, 'listening');

/** Runs in the page. */
async function journey(baseUrl, key) {
  const call = async (method, path, body, headers = { 'X-API-Key': key }) => {
    const json = body && { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
    const answer = await fetch(baseUrl + path, {
      method,
      headers: { ...headers, ...json },
      body: JSON.stringify(body),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), ...(await answer.json()) };
  };
  const delivery = { type: 'DELIVERY_VS_PAYMENT', metadata: { releaseType: 'MILESTONE_LOCKED' } };
  const payTo = { settlementMethod: 'OFF_RAMP_MOCK', settlementDestination: 'bank_account_123' };
  const terms = { amount: '1000.00', currency: 'USDC', ...delivery, ...payTo };
  const { id: intentId } = await call('POST', '/v1/payment-intents', terms);
  const order = `/v1/payment-intents/${intentId}/escrow`;
  await call('POST', `/v1/payment-intents/${intentId}/confirm`, {});
  const made = [];
  for (const [milestoneIndex, amount] of ['333.30', '333.30', '333.40'].entries()) {
    const dueAt = new Date(Date.now() + 30 * 86_400_000);
    const created = await call('POST', `${order}/milestones`, { milestoneIndex, amount, percentage: 33.3, dueAt });
    const milestone = `${order}/milestones/${created.id}`;
    const amended = await call('PATCH', milestone, { percentage: Number(amount) / 10 });
    const completed = await call('POST', `${milestone}/complete`, { completedBy: 'designer-12' });
    const released = await call('POST', `${milestone}/release`);
    made.push({ created, amended, completed, released });
  }
  const refused = await call('POST', `${order}/milestones`, { milestoneIndex: 3, amount: '1.00' }, {});
  const list = await call('GET', `${order}/milestones`);
  return { made, refused, list, order: await call('GET', order) };
}

try {
  await withPage(async (page) => {
    const visit = async (host) => {
      await page.open(`http://${host}:${port}/`);
      assert.ok(
        await page.until(() => page.evaluate(`location.host === '${host}:${port}' && document.title === 'Shop'`)),
      );
    };
    const goThere = `(${journey})(${JSON.stringify(BASE_URL)}, ${JSON.stringify(API_KEY)})`;
    await visit('127.0.0.1');
    const { made, refused, list, order } = await page.evaluate(goThere);
    for (const { created, amended, completed, released } of made) {
      assert.deepEqual([created.status, created.data?.percentage], [201, 33.3]);
      assert.deepEqual([amended.status, completed.status, released.data?.status], [200, 'completed', 'RELEASED']);
      for (const name of ['location', 'x-request-id', 'x-ratelimit-remaining', 'command-id']) {
        assert.ok(created.headers[name], `The page cannot read ${name}`);
      }
    }
    assert.deepEqual(
      list.data.map(({ data }) => [data.amount, data.percentage]),
      [
        ['333.30', 33.33],
        ['333.30', 33.33],
        ['333.40', 33.339999999999996],
      ],
    );
    assert.deepEqual([order.data.orderStatus, order.data.releasedAmount], ['COMPLETED', '1000.00']);
    assert.deepEqual([refused.status, refused.headers['error-reason']], [401, 'authentication_required']);
    await visit('localhost');
    const blocked = await page.evaluate(`${goThere}.then(() => 'answered', ({ name }) => name)`);
    assert.equal(blocked, 'TypeError');
  });
} finally {
  site.close();
}
