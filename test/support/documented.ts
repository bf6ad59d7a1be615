/**
 * The API's document as a judge: every answer that a test's client gets from a documented route is held against it.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import published from '../../openapi.json' with { type: 'json' };
import { closed } from './closed.ts';
import type { Answer } from './http-client.ts';

interface DocumentedResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly 'x-error-reasons'?: readonly string[];
}
export interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
  readonly 'x-roles'?: readonly string[];
  readonly 'x-command'?: string;
  readonly 'x-open-to-bound-keys'?: boolean;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: { readonly 'application/json': { readonly schema: object; readonly example?: unknown } };
  };
}
export interface DocumentedRoute {
  readonly template: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
}

const openapi = closed(published);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
(addFormats as unknown as (on: Ajv2020) => void)(ajv);
ajv.addSchema(openapi, 'document');

/** Every operation of the document. */
export const DOCUMENTED_ROUTES: readonly DocumentedRoute[] = Object.entries(openapi.paths).flatMap(
  ([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      template,
      method: method.toUpperCase(),
      operation: operation as unknown as DocumentedOperation,
    })),
);

const PATTERNS = DOCUMENTED_ROUTES.map((route) => ({
  ...route,
  pattern: new RegExp(`^${route.template.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  parameters: route.template.split('{').length,
}));

/** The route that a path leads to, which is the one with the fewest parameters, and then by its method. */
export function documentedRouteOf(method: string, path: string): DocumentedRoute | null {
  const [bare = ''] = path.split('?');
  const fitting = PATTERNS.filter((route) => route.pattern.test(bare)).sort((a, b) => a.parameters - b.parameters);
  return fitting.find((route) => route.template === fitting[0]?.template && route.method === method) ?? null;
}

const validators = new Map<string, ValidateFunction>();

/** A validator of what a JSON pointer in the document leads to. */
export function validatorAt(...keys: string[]): ValidateFunction {
  const pointer = keys.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
  const ref = `document#/${pointer.join('/')}`;
  const known = validators.get(ref) ?? ajv.compile({ $ref: ref });
  validators.set(ref, known);
  return known;
}

/** What an answer says that the document does not; empty when it says nothing of the kind. */
export function undocumentedIn(method: string, path: string, answer: Answer): string[] {
  const route = documentedRouteOf(method, path);
  if (!route) return [];
  const { template, operation } = route;
  const { operationId } = operation;
  const status = String(answer.status);
  const response = operation.responses[status];
  if (!response) return [`${operationId} answered ${status}, which is not documented: ${answer.text.slice(0, 300)}`];
  const faults: string[] = [];
  if (String(answer.headers['content-type']).startsWith('text/plain')) {
    return response.content?.['text/plain'] ? [] : [`${operationId} ${status} answered text, which is not documented`];
  }
  const shared = response.$ref?.split('/').at(-1);
  const resolved = shared
    ? (openapi.components.responses as Readonly<Record<string, DocumentedResponse>>)[shared]
    : response;
  const validate = shared
    ? validatorAt('components', 'responses', shared, 'content', 'application/json', 'schema')
    : validatorAt(
        'paths',
        template,
        method.toLowerCase(),
        'responses',
        status,
        'content',
        'application/json',
        'schema',
      );
  if (!validate(answer.json)) {
    const what = ajv.errorsText(validate.errors, { separator: '; ' });
    faults.push(`${operationId} ${status} is not of its schema: ${what}: ${answer.text.slice(0, 300)}`);
  }
  const reason = answer.headers['error-reason'];
  const reasons = resolved?.['x-error-reasons'];
  if (reasons && !reasons.includes(String(reason))) {
    faults.push(`${operationId} ${status} has the reason ${reason}, which is not documented`);
  }
  if (resolved?.headers?.['Retry-After'] === undefined && answer.headers['retry-after'] !== undefined) {
    faults.push(`${operationId} ${status} has a Retry-After, which is not documented`);
  }
  return faults;
}
