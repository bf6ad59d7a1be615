// Reads the reference in headless Chromium as a person would: looks at the pages, gives an API key, creates a milestone
// with the form, and finds the key kept after a reload. Fails on anything that the page's policy forbids, and on any
// request to another origin.
//
//   node reference.mjs <folder for screenshots>
//
// Environment: CHROMIUM, the browser's program; BASE_URL, API_KEY; INTENT_ID of an order without a milestone 0.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withPage } from './chromium.mjs';

const [screenshots] = process.argv.slice(2);
const { BASE_URL, API_KEY, INTENT_ID } = process.env;
const document = await (await fetch(`${BASE_URL}/openapi.json`)).json();
const operationCount = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;

await withPage(async (page) => {
  const find = (selector) => `document.querySelector(${JSON.stringify(selector)})`;
  const appears = async (selector) => {
    const isThere = await page.until(() => page.evaluate(`${find(selector)} !== null`));
    if (!isThere) await page.capture(join(screenshots, 'reference-failed.png'));
    assert.ok(
      isThere,
      `${selector} does not appear. The page shows:\n${(await page.textOf()).slice(0, 2_000)}\n${log(page.events)}`,
    );
  };
  const click = async (selector) => {
    await appears(selector);
    await page.evaluate(`${find(selector)}.click()`);
  };
  const write = async (selector, text) => {
    await appears(selector);
    await page.evaluate(`${find(selector)}.focus(), ${find(selector)}.select()`);
    await page.type(text);
    // Some fields take a value only when they are left.
    await page.evaluate(`${find(selector)}.blur()`);
  };

  await page.open(`${BASE_URL}/docs`);
  await appears('.opblock');
  assert.equal(await page.evaluate(`document.querySelectorAll('.opblock').length`), operationCount);
  await page.capture(join(screenshots, 'reference.png'));

  await click('.btn.authorize');
  await write('.auth-container input[type=text], .auth-container input[type=password]', API_KEY);
  await click('.auth-container .btn.authorize');
  await click('.btn-done');

  const operation = '#operations-Milestones-createMilestone';
  await click(`${operation} .opblock-summary-control`);
  await write(`${operation} input[placeholder=intentId]`, INTENT_ID);
  await write(
    `${operation} textarea.body-param__text`,
    JSON.stringify({ milestoneIndex: 0, amount: '300.00', description: 'By hand' }, null, 2),
  );
  await click(`${operation} .execute`);
  await appears(`${operation} .live-responses-table .response-col_status`);
  const status = await page.evaluate(
    `document.querySelector('${operation} .live-responses-table tbody .response-col_status').innerText`,
  );
  await page.evaluate(`${find(`${operation} .live-responses-table`)}.scrollIntoView()`);
  await page.capture(join(screenshots, 'reference-tried.png'));
  assert.match(status, /^201/);
  const made = await fetch(`${BASE_URL}/v1/payment-intents/${INTENT_ID}/escrow/milestones`, {
    headers: { 'X-API-Key': API_KEY },
  });
  assert.deepEqual(
    (await made.json()).data.map(({ data }) => [data.milestoneIndex, data.description]),
    [[0, 'By hand']],
  );

  await page.resize(390, 844, true);
  await page.open(`${BASE_URL}/docs`);
  await appears('.btn.authorize.locked, .authorize .locked, .btn.authorize svg');
  await appears('.opblock');
  assert.match(await page.evaluate('JSON.stringify({ ...localStorage })'), new RegExp(API_KEY), 'the key is not kept');
  await fits('/docs');
  await page.capture(join(screenshots, 'reference-small.png'));

  await page.open(`${BASE_URL}/docs/errors`);
  await appears('section');
  await fits('/docs/errors');
  await page.capture(join(screenshots, 'errors-small.png'));
  await page.resize(1500, 1100);
  await page.open(`${BASE_URL}/docs/errors`);
  await appears('section');
  await page.capture(join(screenshots, 'errors.png'));
  await page.prefer('dark');
  await page.open(`${BASE_URL}/docs/errors/previous_milestone_missing`);
  await appears('pre');
  const backgrounds = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
  assert.equal(backgrounds, 'rgb(20, 24, 31)', 'the dark colours are not used');
  await page.capture(join(screenshots, 'error-dark.png'));
  await click(`a[href$="/createMilestone"]`);
  await appears(`${operation}.is-open`);

  assert.equal(log(page.events), '');

  async function fits(path) {
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    assert.ok(widths[0] <= widths[1], `${path} is ${widths[0]} pixels wide on a screen of ${widths[1]}`);
  }
});

/** What the browser complained about, and what it asked of others. */
function log(events) {
  const lines = [];
  for (const { method, params } of events) {
    if (method === 'Log.entryAdded' && params.entry.level !== 'verbose')
      lines.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    if (method === 'Runtime.exceptionThrown') lines.push(params.exceptionDetails.exception?.description);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error')
      lines.push(`console: ${params.args[0]?.value}`);
    if (method !== 'Network.requestWillBeSent') continue;
    const { url } = params.request;
    if (!url.startsWith(`${BASE_URL}/`) && !url.startsWith('data:')) lines.push(`asked ${url}`);
  }
  return lines.join('\n');
}
