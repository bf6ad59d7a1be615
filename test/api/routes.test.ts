/** Whatever there is to know about a route is said once, where it is declared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'express';
import { describe, expect, test } from 'vitest';
import { API_KEY_ROLES } from '../../src/api/api-keys.ts';
import { ERROR_FORMS, type ErrorReason } from '../../src/api/errors.ts';
import { routeFinder } from '../../src/api/mount.ts';
import { PATHS } from '../../src/api/paths.ts';
import { isKeyed } from '../../src/api/route.ts';
import { KEYED_ROUTES, ROUTES } from '../../src/api/routes.ts';
import { REASONS } from '../../src/domain/outcomes.ts';
import { rolesFor } from '../../src/domain/permissions.ts';
import { reasonsOf, rolesOf } from '../../src/openapi/operations.ts';

/** Every file of src, by its path there. */
const SOURCES = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path): [string, string] => [path, withoutComments(readFileSync(join('src', path), 'utf8'))]),
);

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

test('each operation has a name and a place of its own', () => {
  const names = ROUTES.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  const places = ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
  expect(new Set(KEYED_ROUTES.map(({ path }) => path))).toEqual(new Set(Object.values(PATHS)));
});

test('no other file of the API knows an address', () => {
  const knowing = [...SOURCES].filter(([path, text]) => path.startsWith('api/') && /['"`]\/v1\//.test(text));
  expect(knowing.map(([path]) => path)).toEqual(['api/paths.ts']);
});

/** What people are told to do. */
const INSTRUCTIONS = [
  'embedded/start.ts',
  'openapi/document.ts',
  'openapi/refusal-guide.ts',
  'reconcile/report.ts',
  'verify/reconcile.ts',
  'workflows/operator-page.ts',
];

test('outside the API only instructions to people name an address, and each of them is one', () => {
  const naming = [...SOURCES].filter(([path, text]) => !path.startsWith('api/') && /\/v1\/[a-z]/.test(text));
  expect(naming.map(([path]) => path).sort()).toEqual(INSTRUCTIONS);
  const known = Object.values(PATHS).map((path) => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`));
  for (const [path, text] of naming) {
    const named = [...text.matchAll(/\/v1\/[a-z][\w/-]*(?:(?:\$\{[^}]*\}(?:\([^)]*\)\})?|<id>|\{\w+\})[\w/-]*)*/g)].map(
      ([one]) => one,
    );
    for (const one of named.filter((address) => address !== '/v1/nothing')) {
      const plain = one.replaceAll(/\$\{[^}]*\}|<id>|\{\w+\}/g, 'x');
      expect(
        known.some((address) => address.test(plain)),
        `${path}: ${one}`,
      ).toBe(true);
    }
  }
});

test('no other file lists what a route refuses for, or who may call it', () => {
  // A file that throws a refusal names one at a time; a list of several is a second table.
  const list = new RegExp(`\\[\\s*(?:'(?:${Object.keys(ERROR_FORMS).join('|')})',?\\s*){3,}\\]`);
  const listing = [...SOURCES].filter(([, text]) => list.test(text)).map(([path]) => path);
  const declaring = new Set(
    [...SOURCES].filter(([, text]) => /\b(?:defineRoute|commandRoute)\(\{/.test(text)).map(([path]) => path),
  );
  expect(listing.filter((path) => !declaring.has(path)).sort()).toEqual(LISTING);
});

/** What follows from fields of routes, what the domain may say, and of which command. */
const LISTING = ['domain/outcomes.ts', 'domain/refusals.ts', 'openapi/operations.ts'];

describe.each(ROUTES.map((route) => [route.operationId, route] as const))('%s', (_, route) => {
  test('says who may call it, once', () => {
    const { access, command, isPublic = false } = route;
    expect([access, command].filter(Boolean).length).toBeLessThanOrEqual(isPublic ? 0 : 1);
    const expected = access?.roles ?? (command ? rolesFor(command) : API_KEY_ROLES);
    expect(rolesOf(route)).toEqual(expected);
  });

  test('takes a body where it changes something, and keeps keys there alone', () => {
    expect(route.body !== undefined).toBe(route.method === 'post' || route.method === 'patch');
    expect(route.query === undefined || route.method === 'get').toBe(true);
    expect(isKeyed(route)).toBe(route.method !== 'get');
  });

  test('is refused for reasons that there are, and has none of the workflow’s without a command', () => {
    const reasons = reasonsOf(route);
    for (const reason of reasons) expect(ERROR_FORMS).toHaveProperty(reason);
    if (route.command !== undefined) return;
    const judged = (route.reasons ?? []).filter((reason) => (REASONS as readonly ErrorReason[]).includes(reason));
    // Those that a route can tell without asking.
    expect(judged.filter((reason) => !TOLD_WITHOUT_ASKING.includes(reason))).toEqual([]);
  });
});

const TOLD_WITHOUT_ASKING: readonly ErrorReason[] = ['milestone_missing', 'payout_missing', 'role_not_allowed'];

describe('the route that a request is for', () => {
  const find = routeFinder(KEYED_ROUTES);
  const at = (method: string, path: string) => find({ method, baseUrl: '/v1', path } as Request)?.operationId;

  test('is found for each route, in every spelling that Express accepts', () => {
    for (const { method, path, operationId } of KEYED_ROUTES) {
      const address = path.replaceAll(/:\w+/g, 'x').slice('/v1'.length);
      for (const spelling of [address, `${address}/`, address.toUpperCase()]) {
        expect(at(method.toUpperCase(), spelling), spelling).toBe(operationId);
      }
    }
  });

  test('is one of its path where there is no such method, and nothing elsewhere', () => {
    expect(at('PUT', '/payment-intents/x')).toBe('getPaymentIntent');
    expect(at('HEAD', '/balance')).toBe('getBalance');
    for (const path of ['/', '/nothing', '/payment-intents/x/nothing', '/balance/x', '/payment-intents//confirm']) {
      expect(at('GET', path), path).toBeUndefined();
    }
  });
});
