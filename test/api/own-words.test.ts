/** Refusals are in our own words, whatever is sent to whichever route: none of the library that reads fields shows. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startEdge } from './edge.ts';

const { api, intentId } = await startEdge();
const WRONG = [null, [], {}, '', 0, -1, 1.5, true, 'x', [[]], [{}], { x: [] }, 'y'.repeat(3_000)];
const LIBRARY = /Invalid input|Invalid option|Too (small|big)|expected |received |Unrecognized key/;

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}
interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}
const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const resolved = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : resolved(document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});

const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { requestBody }]): [string, string, Schema][] => {
    const schema = requestBody?.content['application/json']?.schema;
    return schema ? [[method.toUpperCase(), path, resolved(schema)]] : [];
  }),
);

test.each(routes)('%s %s', async (method, path, schema) => {
  const fields = Object.keys(schema.properties ?? {});
  const at = path.replace('{intentId}', intentId).replaceAll(/\{\w+\}/g, 'none');
  for (const field of [...fields, 'milestones', 'milestoneTerms', 'metadata']) {
    for (const value of WRONG) {
      const { json } = await api.send(method, at, { body: { [field]: value } });
      expect(String(json?.error?.message ?? ''), `${field}: ${JSON.stringify(value).slice(0, 40)}`).not.toMatch(
        LIBRARY,
      );
    }
  }
});

test('there are routes with bodies to try', () => {
  expect(routes.length).toBeGreaterThan(15);
});
