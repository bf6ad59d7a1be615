/**
 * The points on a changing request's way at which a process can die. Each is reached through a seam that the code has
 * anyway (its dependencies), in a process that only tests start, so nothing of this exists in the service.
 */

/** In the API, by what its request does: signals an order, or commits by itself. */
export const API_FAILPOINTS = {
  'before the claim': ['order', 'intent', 'api key'],
  'after the claim, before the signal': ['order'],
  'after the signal, before its outcome': ['order'],
  'after the outcome, before the answer is made': ['order'],
  'inside the transaction, before COMMIT': ['intent', 'api key'],
  'after COMMIT, before the answer is made': ['intent', 'api key'],
  'before the HTTP answer is sent': ['order', 'intent', 'api key'],
  'after the HTTP answer is sent': ['order', 'intent', 'api key'],
} as const;

/** In the API, of a request that has money collected. */
export const FUNDING_FAILPOINTS = [
  'after the collection is recorded, before the port is asked',
  'after the money is collected, before that is recorded',
  'after that is recorded, before the claim',
  'after the claim, before the signal',
  'after the signal, before its outcome',
] as const;

/** In the worker. */
export const WORKER_FAILPOINTS = [
  'in the workflow task, before the order is read',
  'before the commit is sent',
  'inside the commit, which is rolled back',
  'inside the commit, which goes through',
  'after COMMIT, before the workflow hears of it',
] as const;

/** Without an idempotency key nothing is claimed, and an API key is made by a single statement. */
export function isKeyedOnly(name: string, kind: Kind): boolean {
  return name === 'before the claim' || kind === 'api key';
}

export type Kind = 'order' | 'intent' | 'api key';
export type Failpoint =
  | keyof typeof API_FAILPOINTS
  | (typeof FUNDING_FAILPOINTS)[number]
  | (typeof WORKER_FAILPOINTS)[number];

/** Dies here, as by SIGKILL from outside, when this is the failpoint that the environment arms. */
export function failpoint(name: Failpoint): void {
  if (process.env.FAILPOINT === name) process.kill(process.pid, 'SIGKILL');
}
