/** What every refusal has in common, and the published ones to the letter. */
import { expect } from 'vitest';
import type { Answer } from '../support/http-client.ts';

export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Expects exactly this error body, byte for byte. */
export function expectRefusal(
  answer: Answer,
  status: number,
  code: string,
  message: string,
  type = 'invalid_request_error',
): void {
  expect([answer.status, answer.text]).toEqual([status, JSON.stringify({ error: { code, message, type } })]);
  expectErrorHeaders(answer);
}

/** Expects a refusal in the published shape, naming `param` where one is given, in words of ours. */
export function expectRefused(answer: Answer, status: number, code: string, param?: string): void {
  expect([answer.status, answer.json?.error]).toEqual([
    status,
    {
      code,
      message: expect.stringMatching(/\S/),
      type: 'invalid_request_error',
      ...(param !== undefined && { param }),
    },
  ]);
  const keys = ['code', 'message', 'type', ...(param === undefined ? [] : ['param'])];
  expect([Object.keys(answer.json), Object.keys(answer.json.error)]).toEqual([['error'], keys]);
  expectErrorHeaders(answer);
}

/** Expects the service to be unable, and to say when to come back. */
export function expectUnavailable(answer: Answer): void {
  expect([answer.status, answer.json?.error]).toEqual([
    503,
    { code: 'service_unavailable', message: expect.stringMatching(/\S/), type: 'api_error' },
  ]);
  expect(answer.headers['retry-after']).toMatch(/^[1-9][0-9]*$/);
  expectErrorHeaders(answer);
}

function expectErrorHeaders({ headers }: Answer): void {
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(headers['error-reason']).toMatch(/^[a-z]+(_[a-z]+)*$/);
  expect(headers['x-request-id']).toMatch(/\S/);
}
