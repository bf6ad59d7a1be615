/**
 * Every example of the client's README, and the one of the project's, is run as its reader would: by plain Node, against
 * the client as it is built, with nothing installed beside it but what its package.json names.
 */
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import clientPackage from '../../clients/typescript/package.json' with { type: 'json' };
import { freePort } from '../support/npm-start.ts';
import { testService } from '../support/service.ts';
import { until } from '../support/until.ts';

const CLIENT = 'clients/typescript';
const run = promisify(execFile);

const { createOrder, keys, port } = await testService();
const project = mkdtempSync(join(tmpdir(), 'tranche-client-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Where npm has put what the client needs: beside it, or at the root. */
function installed(path: string): string {
  const found = [`${CLIENT}/node_modules`, 'node_modules'].map((folder) => resolve(folder, path)).find(existsSync);
  if (!found) throw new Error(`${path} is not installed: run npm install at the root`);
  return found;
}

beforeAll(async () => {
  const client = join(project, 'node_modules/@tranche/client');
  mkdirSync(client, { recursive: true });
  await run(process.execPath, [installed('typescript/bin/tsc'), '-p', CLIENT, '--outDir', join(client, 'dist')]);
  copyFileSync(`${CLIENT}/package.json`, join(client, 'package.json'));
  for (const name of Object.keys({ ...clientPackage.dependencies, ...clientPackage.peerDependencies })) {
    symlinkSync(installed(name), join(project, 'node_modules', name));
  }
}, 300_000);

/** The examples under a heading of a README; without one, those before the first. */
function examples(readme: string, heading?: string): string[] {
  const [before = '', ...sections] = readFileSync(readme, 'utf8').split(/^## /m);
  const section = heading === undefined ? before : sections.find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${readme} has no section "${heading}"`);
  return [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
}

function write(code: string): string {
  const file = join(project, 'example.mjs');
  writeFileSync(file, code);
  return file;
}

const environment = { BASE_URL: `http://127.0.0.1:${port}`, API_KEY: keys.own };

/** What the example prints with a new order of 1000.00. */
async function printed([code, ...others]: string[]): Promise<string[]> {
  if (code === undefined || others.length > 0) throw new Error('There should be one example');
  const { intentId } = await createOrder();
  const { stdout, stderr } = await run(process.execPath, [write(code)], {
    env: { ...environment, INTENT_ID: intentId },
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

const README = `${CLIENT}/README.md`;

test.each([
  ['the whole loop of docs/CLIENTS.md', examples('docs/CLIENTS.md', 'TypeScript, by us'), ['COMPLETED']],
  ['the first example', examples(README), ['COMPLETED']],
  ['a change that is repeated', examples(README, 'Once'), ['true']],
  ['a command that waits', examples(README, 'Turns'), ['milestone 0 to be created', 'ACCEPTED']],
  ['a refusal', examples(README, 'Errors'), ['total_exceeds_order 400']],
  ['a list', examples(README, 'Lists'), ['That is all']],
])('%s does what it says', async (_, code, expected) => {
  expect(await printed(code)).toEqual(expected);
});

test('the receiver of webhooks takes what is signed, and nothing else', async () => {
  const [code = ''] = examples(README, 'Webhooks');
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
  const receiverPort = await freePort();
  const receiver = spawn(process.execPath, [write(code)], {
    env: { WEBHOOK_SECRET: secret, PORT: String(receiverPort) },
  });
  try {
    let output = '';
    receiver.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const body = JSON.stringify({ id: 'evt_1', type: 'milestone.released', data: { object: { id: 'milestone_1' } } });
    const post = async (signature: string) => {
      const headers = {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
        'webhook-signature': signature,
      };
      return (await fetch(`http://127.0.0.1:${receiverPort}`, { method: 'POST', headers, body })).status;
    };
    const sentAt = new Date();
    const wrong = `v1,${createHmac('sha256', 'wrong').update(body).digest('base64')}`;
    expect(await until('the receiver to listen', () => post(wrong).catch(() => null), 60_000)).toBe(400);
    expect(await post(new Webhook(secret).sign('evt_1', sentAt, body))).toBe(204);
    await until('the event to be printed', () => output === 'milestone_1 was released\n');
  } finally {
    receiver.kill();
  }
});

test('docs/WEBHOOKS.md verifies a webhook, and throws when it is not ours', async () => {
  const [code = ''] = examples('docs/WEBHOOKS.md');
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
  const rawBody = JSON.stringify({ id: 'evt_1', type: 'milestone.released' });
  const [id, sentAt] = ['evt_1', new Date()];
  const verified = (body: string) => {
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, rawBody),
    };
    const given = `const [secret, rawBody, headers] = ${JSON.stringify([secret, body, headers])};`;
    return run(process.execPath, [write(`${given}\n${code}\nconsole.log(event.type);`)]);
  };
  expect((await verified(rawBody)).stdout).toBe('milestone.released\n');
  await expect(verified(`${rawBody} `)).rejects.toThrow('WebhookVerificationError');
});

test('every example is run', () => {
  const count = (file: string) => readFileSync(file, 'utf8').split('```js\n').length - 1;
  expect(['docs/CLIENTS.md', 'docs/WEBHOOKS.md', README].map(count)).toEqual([1, 1, 6]);
});
