/** The document says what is there: no more routes than are mounted, and none less; its parts fit together. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import openapi from '../../openapi.json' with { type: 'json' };
import { ERROR_FORMS } from '../../src/api/errors.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { reasonsOf } from '../../src/openapi/operations.ts';
import { documentText, errorsText } from '../../src/openapi/write.ts';
import { DOCUMENTED_ROUTES, validatorAt } from '../support/documented.ts';

test('openapi.json is what "npm run openapi" writes', () => {
  expect(readFileSync('openapi.json', 'utf8')).toBe(documentText());
});

test('docs/ERRORS.md is what "npm run openapi" writes', () => {
  expect(readFileSync('docs/ERRORS.md', 'utf8')).toBe(errorsText());
});

test('every route is documented', () => {
  expect(DOCUMENTED_ROUTES).toHaveLength(ROUTES.length);
});

test('a linter of OpenAPI documents has nothing to say', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(openapi), config });
  expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
});

test('no object is closed: clients must not mind fields that a later version adds', () => {
  expect(placesWhere((node) => node.additionalProperties === false)).toEqual([]);
});

test('closed sets of words have names, numbers a width, and no field is null alone', () => {
  const words = placesWhere(({ enum: values }) => Array.isArray(values) && values.length > 1);
  expect(words.filter((place) => !/^components schemas [A-Za-z]+$/.test(place))).toEqual([]);
  const numbers = ({ type, format }: Node) => /integer|number/.test(String(type)) && format === undefined;
  expect(placesWhere(numbers)).toEqual([]);
  expect(placesWhere(({ properties }) => hasNullAlone(properties))).toEqual([]);
  expect(placesWhere(({ type }) => Array.isArray(type) && (type.length > 2 || !type.includes('null')))).toEqual([]);
});

test('answers and parts of the document have names that no other part has', () => {
  const { schemas, securitySchemes, responses } = openapi.components;
  const names = [schemas, securitySchemes, responses].flatMap((of) =>
    Object.keys(of).map((name) => name.toLowerCase()),
  );
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(Object.keys(responses).filter((name) => !/^[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
  for (const { operation } of DOCUMENTED_ROUTES) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (!status.startsWith('2') || operation.operationId === 'getApiDocument') continue;
      const schema = response.content?.['application/json'];
      if (schema) expect(schema, `${operation.operationId} ${status}`).toHaveProperty(['schema', '$ref']);
    }
  }
});

type Node = Readonly<Record<string, unknown>>;

function hasNullAlone(properties: unknown): boolean {
  return Object.values((properties ?? {}) as Record<string, Node>).some(({ type }) => type === 'null');
}

/** Where in the document there is an object like this. */
function placesWhere(fits: (node: Node) => boolean, node: unknown = openapi, place = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.entries(node).flatMap(([key, value]) => placesWhere(fits, value, `${place} ${key}`.trim()));
  return fits(node as Node) ? [place, ...below] : below;
}

test('every example of a request is of its schema', () => {
  for (const { template, method, operation } of DOCUMENTED_ROUTES) {
    const example = operation.requestBody?.content['application/json'].example;
    if (example === undefined) continue;
    const at = ['paths', template, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
    const validate = validatorAt(...at);
    expect({ operation: operation.operationId, valid: validate(example), errors: validate.errors }).toMatchObject({
      valid: true,
    });
    const [described] = ROUTES.filter(({ operationId }) => operationId === operation.operationId);
    expect(described?.body?.safeParse(example).success, operation.operationId).toBe(true);
  }
});

test('every link leads to an operation that takes its parameters', () => {
  const byId = new Map(DOCUMENTED_ROUTES.map(({ operation }) => [operation.operationId, operation]));
  const links = ROUTES.flatMap(({ successes }) => Object.values(successes)).flatMap(({ links: of = {} }) =>
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
  const documented = new Set(ROUTES.flatMap(reasonsOf));
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
