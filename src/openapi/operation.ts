/**
 * What the API's document says about one route. The tables of operations beside this file describe every route;
 * a test compares them with the routes that are mounted, and the schemas of bodies and queries are the ones that
 * validate.
 */
import type { z } from 'zod';
import type { ErrorReason } from '../api/errors.ts';
import type { CommandType } from '../domain/commands.ts';
import type { Person } from '../domain/permissions.ts';

/** A body of an answer, in one way that the route may succeed. */
export interface Success {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example?: unknown;
  /** Default: application/json. */
  readonly mediaType?: string;
  /** Whether the answer names the address of what was made. */
  readonly location?: true;
  /** Whether the answer tells when to ask again. */
  readonly retryAfter?: true;
  /** By name: where to go from here, as OpenAPI's links. */
  readonly links?: Readonly<Record<string, Link>>;
}

/** Where a field of an answer leads: an operation that takes it as a parameter. */
export interface Link {
  readonly operationId: string;
  /** By the parameter's name: an expression such as `$response.body#/id`. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As Express mounts it: `/v1/payment-intents/:intentId`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** By status. */
  readonly successes: Readonly<Record<number, Success>>;
  /** What it may be refused for, beyond what follows from the fields here. */
  readonly reasons?: readonly ErrorReason[];
  /** What it asks an order's workflow; then it may be answered 202. */
  readonly command?: CommandType;
  /** Whether the command may wait for its turn, and so knows `Prefer`. */
  readonly takesTurns?: boolean;
  /** The roles of the keys that may call it; missing: of all. */
  readonly roles?: readonly Person[];
  /** Whether a key bound to one order may call it. */
  readonly openToBoundKeys?: boolean;
  /** Whether it needs no key. */
  readonly isPublic?: boolean;
}

export const TAGS = {
  'Payment intents': 'What a buyer is to pay. One that delivers versus payment has an escrow order.',
  'Escrow orders': 'The money of a payment intent, held until it is released or given back.',
  Milestones: 'The steps in which an order is paid, carried out strictly in the order of their indexes.',
  Disputes: 'What stops a milestone, or a whole order, until it is decided.',
  Commands: 'Changes that wait for their turn, or whose outcome was not known in time.',
  Payouts: 'What becomes of released money, and what a merchant has.',
  'Events and webhooks': 'What happened to a merchant’s orders, to be read, and to be sent to them.',
  'API keys': 'The keys of the caller’s merchant and mode.',
  Service: 'For whoever runs the service.',
} as const;
export type Tag = keyof typeof TAGS;

/** Whether a repeat with the same `Idempotency-Key` is recognized: of everything that changes something. */
export function isKeyed({ method, isPublic }: Operation): boolean {
  return method !== 'get' && isPublic !== true;
}
