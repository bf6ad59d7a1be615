/** The client knows the API as openapi.json has it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../clients/typescript/generate.ts';
import { ERROR_REASONS } from '../../clients/typescript/src/index.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { reasonsOf } from '../../src/openapi/operations.ts';

const GENERATED = 'clients/typescript/src/generated';

test('the generated files are what "npm run openapi" writes', async () => {
  const files = await generatedFiles();
  expect(readdirSync(GENERATED).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) {
    expect(readFileSync(`${GENERATED}/${name}`, 'utf8') === text, `${name} is up to date`).toBe(true);
  }
});

test('every reason of every operation is known', () => {
  expect(ERROR_REASONS).toEqual([...new Set(ROUTES.flatMap(reasonsOf))].sort());
});
