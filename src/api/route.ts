/**
 * A route is one value: what it takes, who may call it, what it answers, what it may refuse, and what it does. Everything
 * that has to know about routes reads the array of them: the mount, the document, the limits, the keys that are bound.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { CommandType } from '../domain/commands.ts';
import type { ApiKeyProofs } from '../proofs/api-key-proofs.ts';
import type { Answer } from './answers.ts';
import type { Access, Caller } from './caller.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ErrorReason } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';
import type { Cost } from './rate-limits.ts';

/** What handlers need. */
export interface RouteDependencies extends ApiDependencies {
  /** Null: whatever API key is stored is believed. */
  readonly keyProofs: ApiKeyProofs | null;
}

/** A request as its route's handler gets it: the key is known, its role may, body and query are as the schemas read them. */
export interface Call<Body = unknown, Query = unknown> {
  readonly request: Request;
  readonly response: Response;
  readonly caller: Caller;
  readonly body: Body;
  readonly query: Query;
  /** An id of the path. */
  id(name: string): string;
  /**
   * Its idempotency key with the fingerprint of what it asks; null without one.
   *
   * @param asked the body that counts as the same request. Default: as it was read
   */
  keyed(asked?: object): KeyedRequest | null;
}

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

/** What a route says of itself. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As Express mounts it: `/v1/payment-intents/:intentId`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly bodyExample?: unknown;
  /** By status. */
  readonly successes: Readonly<Record<number, Success>>;
  /** What it may be refused for, beyond what follows from the fields here and from the domain's table of its command. */
  readonly reasons?: readonly ErrorReason[];
  /** What a field at fault is refused for. Default: `field_invalid`. */
  readonly fieldReason?: ErrorReason;
  /** What it asks an order's workflow; then it may be answered 202. */
  readonly command?: CommandType;
  /** Whether the command may wait for its turn, and so knows `Prefer`. */
  readonly takesTurns?: boolean;
  /** Missing: any key may call it, or those that the domain lets give its command. */
  readonly access?: Access;
  /** Whether a key bound to one order may call it. */
  readonly openToBoundKeys?: boolean;
  /** Whether it needs no key. */
  readonly isPublic?: boolean;
  readonly cost?: Cost;
  /** The path in fingerprints, where that of its first version was no path. */
  readonly fingerprinted?: string;
}

export interface Route extends Operation {
  /** Null: it has answered by itself. */
  handle(deps: RouteDependencies, call: Call): Promise<Answer | null> | Answer | null;
}

type Read<Schema> = Schema extends z.ZodObject ? z.output<Schema> : Record<string, never>;

/** A route whose handler gets body and query as its schemas read them. */
export function defineRoute<Body extends z.ZodObject | undefined, Query extends z.ZodObject | undefined>(
  route: Operation & {
    readonly body?: Body;
    readonly query?: Query;
    handle(deps: RouteDependencies, call: Call<Read<Body>, Read<Query>>): ReturnType<Route['handle']>;
  },
): Route {
  return route as unknown as Route;
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
