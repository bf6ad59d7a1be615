// A page of another origin in headless Chromium: where its origin is allowed it creates a milestone with fetch, and reads
// the answer, its headers and a refusal; from an origin that is not allowed it reads nothing.
//
//   node other-origin.mjs <port of the page>
//
// Environment: CHROMIUM, the browser's program; BASE_URL, API_KEY; INTENT_ID of an order without a milestone 0. The API
// allows the origin http://127.0.0.1:<port>.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { withPage } from './chromium.mjs';

const [port] = process.argv.slice(2);
const { BASE_URL, API_KEY, INTENT_ID } = process.env;
const site = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>Shop</title><p>Shop');
}).listen(Number(port), '127.0.0.1');
await once(site, 'listening');

const milestones = `${BASE_URL}/v1/payment-intents/${INTENT_ID}/escrow/milestones`;
const headers = { 'X-API-Key': API_KEY, 'Content-Type': 'application/json', 'Idempotency-Key': 'of-a-page' };
const body = JSON.stringify({ milestoneIndex: 0, amount: '1.00' });
const create = (more) =>
  `fetch(${JSON.stringify(milestones)}, ${JSON.stringify({ method: 'POST', body, headers, ...more })})`;
const read = `async (answer) => ({ status: answer.status, id: (await answer.json()).id, headers: Object.fromEntries(answer.headers) })`;

try {
  await withPage(async (page) => {
    const visit = async (host) => {
      await page.open(`http://${host}:${port}/`);
      assert.ok(
        await page.until(() => page.evaluate(`location.host === '${host}:${port}' && document.title === 'Shop'`)),
      );
    };
    await visit('127.0.0.1');
    const made = await page.evaluate(`${create()}.then(${read})`);
    assert.equal(made.status, 201);
    assert.match(made.id, /^milestone_/);
    for (const name of ['location', 'x-request-id', 'x-ratelimit-remaining', 'command-id']) {
      assert.ok(made.headers[name], `The page cannot read ${name}`);
    }
    const refused = await page.evaluate(`${create({ headers: {} })}.then(${read})`);
    assert.deepEqual([refused.status, refused.headers['error-reason']], [401, 'authentication_required']);
    await visit('localhost');
    const blocked = await page.evaluate(`${create()}.then(() => 'answered', ({ name }) => name)`);
    assert.equal(blocked, 'TypeError');
  });
} finally {
  site.close();
}
