// Opens one page of the Temporal UI in headless Chromium, waits until it shows what it should, and keeps a screenshot.
//
//   node temporal-ui.mjs <screenshot.png> <url> <text that must show>…
//
// Environment: CHROMIUM, the browser's program. LIST_COLUMNS, the columns of the list, separated by commas. VIEWPORT, the
// page's size, such as 1500x1100. CLIP, the part to keep: x,y,width,height.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PAGE_TIMEOUT_MS = 30_000;
const [screenshot, url, ...texts] = process.argv.slice(2);
const [width, height] = (process.env.VIEWPORT ?? '1500x1100').split('x').map(Number);
const [x, y, clipWidth, clipHeight] = (process.env.CLIP ?? `0,0,${width},${height}`).split(',').map(Number);
const columns = process.env.LIST_COLUMNS?.split(',').map((label) => ({ label, pinned: false }));
const profile = mkdtempSync(join(tmpdir(), 'tranche-chromium-'));
const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`],
  // Nothing but this machine: a page that needs more than that is not ours.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--remote-debugging-pipe',
];
const browser = spawn(process.env.CHROMIUM, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const [, , , requests, answers] = browser.stdio;

/** Requests of the DevTools protocol under way, by id. Messages end with NUL, both ways. */
const waiting = new Map();
let unread = '';
answers.setEncoding('utf8').on('data', (chunk) => {
  const messages = (unread + chunk).split('\0');
  unread = messages.pop();
  for (const { id, result, error } of messages.map((text) => JSON.parse(text))) {
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  }
});

/** Rejects when the browser ends; never resolves. */
const ended = new Promise((_resolve, reject) => {
  browser.once('error', ({ message }) => reject(new Error(`Chromium could not be started: ${message}`)));
  browser.once('exit', (code, signal) => reject(new Error(`Chromium ended with ${signal ?? code}`)));
});
ended.catch(() => {});
// A pipe that breaks is told by the browser's end.
requests.on('error', () => {});

let lastId = 0;
function call(method, params = {}, sessionId = undefined) {
  const answered = new Promise((resolve, reject) => {
    waiting.set(++lastId, { resolve, reject });
    requests.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
  });
  return Promise.race([answered, ended]);
}

try {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => call(method, params, sessionId);
  await page('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  if (columns) {
    // Where the UI keeps what was chosen by hand.
    const stored = JSON.stringify(JSON.stringify({ default: columns }));
    await page('Page.enable');
    const source = `localStorage.setItem('namespace-workflow-table-columns', ${stored})`;
    await page('Page.addScriptToEvaluateOnNewDocument', { source });
  }
  await page('Page.navigate', { url });

  let shown = '';
  const isComplete = () => texts.every((text) => shown.includes(text));
  for (const deadlineAt = Date.now() + PAGE_TIMEOUT_MS; !isComplete() && Date.now() < deadlineAt; await sleep(100)) {
    shown = await textOf(page);
  }
  const { data } = await page('Page.captureScreenshot', {
    format: 'png',
    clip: { x, y, width: clipWidth, height: clipHeight, scale: 1 },
  });
  writeFileSync(screenshot, Buffer.from(data, 'base64'));
  if (!isComplete()) {
    console.log(`Missing on ${url}: ${texts.filter((text) => !shown.includes(text)).join(' · ')}\nIt shows:\n${shown}`);
    process.exitCode = 1;
  }
} finally {
  await close();
}

/** What the page shows, with its frames: the UI draws Markdown in one of its own. */
async function textOf(page) {
  const { frameTree } = await page('Page.getFrameTree');
  const texts = [frameTree, ...(frameTree.childFrames ?? [])].map(async ({ frame }) => {
    const { executionContextId: contextId } = await page('Page.createIsolatedWorld', { frameId: frame.id });
    const { result } = await page('Runtime.evaluate', { expression: 'document.body?.innerText ?? ""', contextId });
    return result.value;
  });
  // A page under way to the next one has nothing to show.
  return (await Promise.all(texts).catch(() => [])).join('\n');
}

async function close() {
  if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null) {
    const exited = once(browser, 'exit').then(() => true);
    call('Browser.close').catch(() => {});
    if (!(await Promise.race([exited, sleep(5_000, false, { ref: false })]))) browser.kill('SIGKILL');
    await exited;
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
