export type { Answer, CallOptions, ChangeOptions, ListOptions, Outcome, TurnOptions } from './connection.ts';
export { type ClientReason, isTrancheError, type ServiceReason, TrancheError, type TrancheReason } from './errors.ts';
export type { paths } from './generated/api.ts';
export { ERROR_REASONS } from './generated/reasons.ts';
export type { Http, TrancheOptions } from './http.ts';
export type { RetryPolicy } from './retries.ts';
export { Tranche } from './tranche.ts';
export type * from './types.ts';
