// Headless Chromium over the DevTools protocol, with nothing between: one browser, one page.
// Environment: CHROMIUM, the browser's program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_TIMEOUT_MS = 30_000;

/**
 * Runs `use` with a page, and ends the browser after it.
 *
 * @param use is given `open`, `beforeLoading`, `textOf`, `evaluate`, `type`, `until`, `resize`, `prefer`, `capture` and `events`
 */
export async function withPage(use) {
  const profile = mkdtempSync(join(tmpdir(), 'tranche-chromium-'));
  const flags = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    `--user-data-dir=${profile}`,
    // Nothing but this machine: a page that needs more than that is not ours.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    '--remote-debugging-pipe',
  ];
  const browser = spawn(process.env.CHROMIUM, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const { call, events } = connect(browser);
  try {
    await use(await openPage(call, events));
  } finally {
    if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null) {
      const exited = once(browser, 'exit').then(() => true);
      call('Browser.close').catch(() => {});
      if (!(await Promise.race([exited, sleep(5_000, false, { ref: false })]))) browser.kill('SIGKILL');
      await exited;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Messages of the DevTools protocol end with NUL, both ways. */
function connect(browser) {
  const [, , , requests, answers] = browser.stdio;
  /** Requests under way, by id. */
  const waiting = new Map();
  /** What the browser told by itself: `{ method, params }`. */
  const events = [];
  let unread = '';
  answers.setEncoding('utf8').on('data', (chunk) => {
    const messages = (unread + chunk).split('\0');
    unread = messages.pop();
    for (const { id, result, error, method, params } of messages.map((text) => JSON.parse(text))) {
      if (id === undefined) events.push({ method, params });
      else if (error) waiting.get(id)?.reject(new Error(error.message));
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
  const call = (method, params = {}, sessionId = undefined) => {
    const answered = new Promise((resolve, reject) => {
      waiting.set(++lastId, { resolve, reject });
      requests.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    });
    return Promise.race([answered, ended]);
  };
  return { call, events };
}

async function openPage(call, events) {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => call(method, params, sessionId);
  await page('Network.enable');
  await page('Log.enable');
  await page('Runtime.enable');

  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await page('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };

  /** What the page shows, with its frames: the Temporal UI draws Markdown in one of its own. */
  const textOf = async () => {
    const { frameTree } = await page('Page.getFrameTree');
    const texts = [frameTree, ...(frameTree.childFrames ?? [])].map(async ({ frame }) => {
      const { executionContextId: contextId } = await page('Page.createIsolatedWorld', { frameId: frame.id });
      const { result } = await page('Runtime.evaluate', { expression: 'document.body?.innerText ?? ""', contextId });
      return result.value;
    });
    // A page under way to the next one has nothing to show.
    return (await Promise.all(texts).catch(() => [])).join('\n');
  };

  /** @returns whether `isTrue` answered true in time */
  const until = async (isTrue) => {
    for (const deadlineAt = Date.now() + WAIT_TIMEOUT_MS; Date.now() < deadlineAt; await sleep(100)) {
      if (await isTrue()) return true;
    }
    return false;
  };

  const resize = (width, height, mobile = false) =>
    page('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  /** @param clip the part to keep: x, y, width, height; default: all that is in view */
  const capture = async (file, clip) => {
    const [x, y, width, height] = clip ?? [];
    const part = clip && { clip: { x, y, width, height, scale: 1 } };
    const { data } = await page('Page.captureScreenshot', { format: 'png', ...part });
    writeFileSync(file, Buffer.from(data, 'base64'));
  };
  /** Runs a script in every page, before the page's own. */
  const beforeLoading = async (source) => {
    await page('Page.enable');
    await page('Page.addScriptToEvaluateOnNewDocument', { source });
  };
  const open = (url) => page('Page.navigate', { url });
  const type = (text) => page('Input.insertText', { text });
  const prefer = (scheme) =>
    page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await resize(1500, 1100);
  return { open, beforeLoading, textOf, evaluate, until, resize, capture, prefer, type, events };
}
