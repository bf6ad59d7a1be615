/** The document says what is there: no more routes than are mounted, and none less; its parts fit together. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { ERROR_FORMS } from '../../src/api/errors.ts';
import { OPERATIONS, reasonsOf } from '../../src/openapi/operations.ts';
import { documentText, errorsText } from '../../src/openapi/write.ts';
import { declaredRoutes } from '../support/declared-routes.ts';
import { DOCUMENTED_ROUTES, validatorAt } from '../support/documented.ts';

test('openapi.json is what "npm run openapi" writes', () => {
  expect(readFileSync('openapi.json', 'utf8')).toBe(documentText());
});

test('docs/ERRORS.md is what "npm run openapi" writes', () => {
  expect(readFileSync('docs/ERRORS.md', 'utf8')).toBe(errorsText());
});

test('every mounted route is documented, and every documented route is mounted', () => {
  const documented = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(declaredRoutes()).toEqual(documented.sort());
  expect(DOCUMENTED_ROUTES).toHaveLength(documented.length);
});

test('a linter of OpenAPI documents has nothing to say', async () => {
  const config = await createConfig({ extends: ['recommended-strict'], rules: RULES });
  const problems = await lintFromString({ source: JSON.stringify(openapi), config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

const RULES = {
  // Proofs of delivery are always refused.
  'operation-2xx-response': 'off',
} as const;

test('every example of a request is of its schema', () => {
  for (const { template, method, operation } of DOCUMENTED_ROUTES) {
    const example = operation.requestBody?.content['application/json'].example;
    if (example === undefined) continue;
    const at = ['paths', template, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
    const validate = validatorAt(...at);
    expect({ operation: operation.operationId, valid: validate(example), errors: validate.errors }).toMatchObject({
      valid: true,
    });
    const [described] = OPERATIONS.filter(({ operationId }) => operationId === operation.operationId);
    expect(described?.body?.safeParse(example).success, operation.operationId).toBe(true);
  }
});

test('every link leads to an operation that takes its parameters', () => {
  const byId = new Map(DOCUMENTED_ROUTES.map(({ operation }) => [operation.operationId, operation]));
  const links = OPERATIONS.flatMap(({ successes }) => Object.values(successes)).flatMap(({ links: of = {} }) =>
    Object.values(of),
  );
  expect(links.length).toBeGreaterThan(5);
  for (const { operationId, parameters } of links) {
    const names =
      byId
        .get(operationId)
        ?.parameters?.filter((one) => one.in === 'path')
        .map(({ name }) => name) ?? [];
    expect(names, operationId).toEqual(expect.arrayContaining(Object.keys(parameters)));
  }
});

test('every reason belongs to some route, or to none at all', () => {
  const documented = new Set(OPERATIONS.flatMap(reasonsOf));
  const undocumented = Object.keys(ERROR_FORMS).filter((reason) => !documented.has(reason as never));
  expect(undocumented.sort()).toEqual(
    [
      // Of what is no operation.
      'method_not_allowed',
      'route_missing',
      // Of what only Tranche itself asks.
      'deadline_not_reached',
      'payout_not_pending',
    ].sort(),
  );
});
