import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { expect, inject, test } from 'vitest';

const [code = ''] = readFileSync(inject('workflowBundlePath'), 'utf8').split('//# sourceMappingURL');
/** As webpack names them: "./node_modules/ms/dist/index.cjs", "./src/domain/money.ts". */
const modules = [...code.matchAll(/^\/\*{3}\/ "([^"]+)"/gm)].map((match) => match[1] ?? '');
const ignored = [...code.matchAll(/\*{3} (\S+) \(ignored\) \*{3}/g)].map((match) => match[1] ?? '');

/** What may run in the sandbox. Each workflow kept in memory pays for all of it. */
const ALLOWED = [
  /^\.\/src\/domain\/[a-z-]+\.ts$/,
  /^\.\/src\/workflows\/[a-z-]+\.ts$/,
  /^\.\/src\/temporal\/payload-converter\.ts$/,
  /^\.\/node_modules\/decimal\.js\//,
  /^\.\/node_modules\/@temporalio\/(workflow|common)\//,
  /^\.\/node_modules\/(nexus-rpc|long|ms)\//,
];

test('only the domain, the workflows, decimal.js and the SDK are in the workflow bundle', () => {
  const packages = modules.filter((name) => name.startsWith('./'));
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.filter((name) => !ALLOWED.some((allowed) => allowed.test(name)))).toEqual([]);
});

test('all rules of the domain that a workflow applies are in it', () => {
  for (const rule of ['decide', 'evolve', 'propose', 'deadlines', 'commands', 'money', 'compact']) {
    expect(modules).toContain(`./src/domain/${rule}.ts`);
  }
});

test('neither validation, database, logging nor Node itself is in it', () => {
  const foreign = ['zod', 'drizzle-orm', 'pino', 'postgres', 'express', '@temporalio/client', '@temporalio/worker'];
  for (const name of foreign) expect(modules.filter((path) => path.includes(`node_modules/${name}/`))).toEqual([]);
  // The SDK's bundler puts an empty module where something from Node was imported.
  expect(ignored).toEqual(['__temporal_custom_failure_converter']);
  const required = [...code.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map((match) => match[1] ?? '');
  expect(required.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
});

test('the bundle stays below 950 kB', () => {
  console.info(`workflow bundle: ${Math.round(code.length / 1000)} kB, ${modules.length} modules`);
  expect(code.length).toBeGreaterThan(300_000);
  expect(code.length).toBeLessThan(950_000);
});
