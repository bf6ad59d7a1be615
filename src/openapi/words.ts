/**
 * The closed sets of words that the API speaks, by the names that generators give their types. Wherever the document
 * allows exactly the words of a set, it refers to the set; a test finds words that stand here under no name.
 */
import { ACTOR_VIAS } from '../api/actor-view.ts';
import { API_KEY_ROLES } from '../api/api-keys.ts';
import { ERROR_CODES, ERROR_TYPES } from '../api/errors.ts';
import { PAYMENT_INTENT_TYPES, SETTLEMENT_METHODS } from '../api/schemas.ts';
import { ACTOR_ROLES, COMMAND_TYPES, RESOLUTIONS } from '../domain/commands.ts';
import { REASONS } from '../domain/outcomes.ts';
import { EVENT_TYPES } from '../domain/published-events.ts';
import { DISPUTE_DEFAULTS, OVERDUE_RULES, RELEASERS } from '../domain/terms.ts';

export const WORDS: Readonly<Record<string, readonly string[]>> = {
  ActorRole: ACTOR_ROLES,
  ActorVia: ACTOR_VIAS,
  CommandStatus: ['PENDING', 'HELD', 'ACCEPTED', 'REJECTED'],
  CommandType: [...COMMAND_TYPES, 'unknown'],
  Currency: ['USDC', 'USDT', 'DAI', 'USD', 'EUR'],
  DisputeDefault: DISPUTE_DEFAULTS,
  DisputeEnd: [...RESOLUTIONS, 'WITHDRAWN'],
  DisputeResolution: RESOLUTIONS,
  ErrorCode: ERROR_CODES,
  ErrorType: ERROR_TYPES,
  EscrowOrderStatus: ['PENDING', 'DISPUTED', 'COMPLETED', 'CANCELLED'],
  EventFilter: ['*', ...EVENT_TYPES],
  EventType: EVENT_TYPES,
  HealthCheck: ['ok', 'failed'],
  LedgerAccount: ['external', 'escrow', 'merchant'],
  LedgerDirection: ['debit', 'credit'],
  LedgerTransactionType: ['fund', 'release', 'refund', 'payout'],
  MilestoneStatus: ['PENDING', 'COMPLETED', 'RELEASED', 'CANCELLED', 'REFUNDED'],
  Mode: ['test', 'live'],
  Outcome: ['accepted', 'rejected', 'held'],
  OverdueRule: OVERDUE_RULES,
  PaymentIntentStatus: ['INITIATED', 'SUCCEEDED', 'CANCELLED'],
  PaymentIntentType: PAYMENT_INTENT_TYPES,
  PayoutStatus: ['pending', 'paid', 'failed'],
  ReadinessStatus: ['ready', 'degraded'],
  ReadingOrder: ['asc', 'desc'],
  Reason: REASONS,
  Releaser: RELEASERS,
  Role: API_KEY_ROLES,
  SettlementMethod: SETTLEMENT_METHODS,
  SettlementStatus: ['NONE', 'SCHEDULED', 'EXECUTED', 'CONFIRMED', 'CANCELLED'],
  WebhookDeliveryStatus: ['pending', 'delivered', 'failed'],
  WebhookEndpointDisabledReason: ['request', 'gone', 'failing'],
  WebhookEndpointStatus: ['enabled', 'disabled'],
};

const BY_WORDS = new Map(Object.entries(WORDS).map(([name, words]) => [keyOf(words), name]));

/** The name of the set of these words, in whatever order; undefined where it has none. */
export function nameOfWords(words: readonly unknown[]): string | undefined {
  return BY_WORDS.get(keyOf(words));
}

function keyOf(words: readonly unknown[]): string {
  return JSON.stringify([...words].sort());
}
