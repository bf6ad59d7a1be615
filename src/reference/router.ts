import { type RequestHandler, type Response, Router } from 'express';
import helmet from 'helmet';
import { mountPages, routeMissing } from '../api/mount.ts';
import type { ErrorEntry } from '../openapi/error-guide.ts';
import { type Assets, readAssets } from './assets.ts';
import { errorPage, errorsPage, referencePage } from './pages.ts';

/** Of pages; assets change their address instead. */
const PAGE_MAX_AGE_SECONDS = 300;

/**
 * Nothing but what we serve ourselves: no inline script or style, no eval, no frame, no form. `data:` are the icons in
 * Swagger UI's stylesheet.
 */
const PAGE_POLICY = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

export function referencePages(): Router {
  const router = Router();
  router.get('/', leadToReference);
  router.use('/docs', PAGE_POLICY);
  mountPages(router, {
    '/docs': (_request, response) => sendPage(response, referencePage(assets().addressOf)),
    '/docs/errors': async (_request, response) => {
      sendPage(response, errorsPage(assets().addressOf, await errorEntries()));
    },
    '/docs/errors/:reason': async (request, response) => {
      const entry = (await errorEntries()).find(({ reason }) => reason === request.params.reason);
      if (!entry) throw routeMissing(request);
      sendPage(response, errorPage(assets().addressOf, entry));
    },
    '/docs/assets/:edition/:name': (request, response) => {
      const { edition, name } = request.params;
      const file = assets().fileOf(String(edition), String(name));
      if (file === null) throw routeMissing(request);
      response.set('Cache-Control', 'public, max-age=31536000, immutable');
      // Without `dotfiles`, an installation below a folder such as ~/.cache would have no assets.
      response.sendFile(file, { dotfiles: 'allow', cacheControl: false });
    },
  });
  return router;
}

/** A browser that opens the service's bare address wants to read; other clients are refused as anywhere. */
const leadToReference: RequestHandler = (request, response, next) => {
  response.vary('Accept');
  if (request.get('accept')?.includes('text/html')) response.redirect('/docs');
  else next();
};

let knownAssets: Assets | null = null;

function assets(): Assets {
  knownAssets ??= readAssets();
  return knownAssets;
}

let knownEntries: readonly ErrorEntry[] | null = null;

/** From the tables that answer. They are loaded when they are first asked for. */
async function errorEntries(): Promise<readonly ErrorEntry[]> {
  knownEntries ??= (await import('../openapi/error-guide.ts')).errorGuide();
  return knownEntries;
}

function sendPage(response: Response, page: string): void {
  response.set('Cache-Control', `public, max-age=${PAGE_MAX_AGE_SECONDS}`).type('html').send(page);
}
