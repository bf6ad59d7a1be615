/**
 * The reference of the API: its document, /openapi.json.
 */
import { readFileSync } from 'node:fs';
import { Router } from 'express';
import { route } from './routing.ts';

const DOCUMENT_URL = new URL('../../openapi.json', import.meta.url);

export function referenceRoutes(): Router {
  const router = Router();
  const document = readFileSync(DOCUMENT_URL);
  route(router, '/openapi.json', { get: (_request, response) => void response.type('json').send(document) });
  return router;
}
