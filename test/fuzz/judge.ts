/** What every answer has to be, whatever was asked. */
import { ERROR_FORMS } from '../../src/api/errors.ts';
import { undocumentedIn } from '../support/documented.ts';
import type { Answer } from '../support/http-client.ts';

/** What only our own side knows: stacks, statements, files, drivers. */
const INTERNAL =
  /\n\s+at |node_modules|\.ts:\d|\/(src|home|work|tmp)\/\w|\b(select|insert into|update|delete from)\b [\s\S]*\b(from|values|set|where)\b|postgres|drizzle|temporal|ECONN|SQLSTATE|TypeError|undefined is not|Cannot read prop/i;
/** Repeated from the request: not ours. */
const ECHOED = /DELETE FROM ledger/g;

/** What is wrong with an answer; empty when nothing is. */
export function faultsIn(method: string, path: string, answer: Answer): string[] {
  const faults = undocumentedIn(method, path, answer);
  const { status, headers, text } = answer;
  if (status >= 500 && status !== 503) faults.push(`answered ${status}`);
  if (headers['x-request-id'] === undefined) faults.push('has no X-Request-Id');
  if (status >= 400) faults.push(...faultsInRefusal(method, answer));
  if (path.startsWith('/v1') && method !== 'HEAD') {
    if (answer.json === null) faults.push(`is not JSON: ${text.slice(0, 200)}`);
    const internal = INTERNAL.exec(text.replaceAll(ECHOED, ''));
    if (internal) faults.push(`tells something internal: ${internal[0].slice(0, 200)}`);
  }
  return faults;
}

function faultsInRefusal(method: string, { status, headers, json }: Answer): string[] {
  const reason = headers['error-reason'];
  const form = Object.entries(ERROR_FORMS).find(([one]) => one === reason)?.[1];
  if (!form) return [`has the reason ${reason}, which nothing has`];
  const faults: string[] = [];
  if (form.status !== status) faults.push(`has the status ${status} for ${reason}`);
  if (method === 'HEAD') return faults;
  const { code, type, message, ...more } = json?.error ?? {};
  if (code !== form.code || type !== form.type || typeof message !== 'string' || message === '') {
    faults.push(`is not of the error's shape: ${JSON.stringify(json)?.slice(0, 300)}`);
  }
  const unknown = Object.keys(more).filter((key) => key !== 'param' && key !== 'retryAfter');
  if (unknown.length > 0 || Object.keys(json ?? {}).join() !== 'error') faults.push(`says more than an error may`);
  return faults;
}
