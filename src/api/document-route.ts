/**
 * The API's document, as it is written to openapi.json.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defineRoute } from './route.ts';

const document = readFileSync(new URL('../../openapi.json', import.meta.url));

export const DOCUMENT_ROUTE = defineRoute({
  operationId: 'getApiDocument',
  method: 'get',
  path: '/openapi.json',
  tag: 'Service',
  summary: 'Read this document',
  description: 'Needs no key. Fields may be added to it in any version.',
  successes: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
  isPublic: true,
  // Its bytes as they are.
  handle(_deps, { response }) {
    response.type('json').send(document);
    return null;
  },
});
