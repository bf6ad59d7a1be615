/** The API's objects and requests by name, from the generated types. */
import type { components } from './generated/api.ts';

type Schemas = components['schemas'];

export type PaymentIntent = Schemas['PaymentIntent']['data'];
export type EscrowOrder = Schemas['EscrowOrder']['data'];
export type Milestone = Schemas['MilestoneData'];
export type MilestoneBatchJudgement = Schemas['MilestoneBatchJudgement']['data'];
export type Command = Schemas['Command']['data'];
export type TimelineEntry = Schemas['TimelineEntry']['data'];
export type LedgerTransaction = Schemas['LedgerTransaction']['data'];
export type Payout = Schemas['Payout']['data'];
export type Balance = Schemas['Balance']['data'][number];
export type ApiKey = Schemas['ApiKey']['data'];
export type NewApiKey = Schemas['NewApiKey']['data'];

export type CreatePaymentIntent = Schemas['CreatePaymentIntentRequest'];
export type ConfirmPaymentIntent = Schemas['ConfirmPaymentIntentRequest'];
export type CreateMilestone = Schemas['CreateMilestoneRequest'];
export type AmendMilestone = Schemas['AmendMilestoneRequest'];
export type CompleteMilestone = Schemas['CompleteMilestoneRequest'];
export type ReleaseMilestone = Schemas['ReleaseMilestoneRequest'];
export type RaiseDispute = Schemas['RaiseDisputeRequest'];
export type ResolveDispute = Schemas['ResolveDisputeRequest'];
export type CreateApiKey = Schemas['CreateApiKeyRequest'];
export type RotateApiKey = Schemas['RotateApiKeyRequest'];
