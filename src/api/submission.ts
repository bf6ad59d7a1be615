/**
 * What the API gets back for a command it submitted. Owned by the API; the gateway fulfils it.
 */
import type { LogEntry } from '../db/order-log.ts';
import type { Command } from '../domain/commands.ts';

export type { LogEntry };

export type Submission =
  /** The command's entry: accepted, rejected, or (where the caller asked to be told) held. */
  | { readonly kind: 'recorded'; readonly entry: LogEntry }
  /** No outcome in time, or none soon after an unclear answer from Temporal: it may still happen. */
  | { readonly kind: 'unclear' }
  /** Temporal was surely not reached: it will not happen. */
  | { readonly kind: 'unreachable' }
  /** Too many commands pend on this order: it was not sent. */
  | { readonly kind: 'overloaded' };

export interface OrderGateway {
  /**
   * Sends a command to its order and waits for what is recorded. Sending one command id twice is safe: it has one
   * outcome. Never throws for anything that Temporal or PostgreSQL does.
   *
   * @param options.merchantId whose order it is
   * @param options.waitMs how long to wait for the outcome
   * @param options.untilHeld also return when the command is recorded as held
   * @param options.patience ends the wait before, as if its time were over
   * @param options.send false: only wait, somebody else sends it
   */
  submit(
    orderId: string,
    command: Command,
    options: {
      readonly merchantId: string;
      readonly waitMs: number;
      readonly untilHeld: boolean;
      readonly send: boolean;
      readonly patience?: AbortSignal;
    },
  ): Promise<Submission>;
  /** Whether Temporal answers, for readiness. */
  isReachable(): Promise<boolean>;
  /** Ends all waiting with `unclear`: what was sent goes on without this process. */
  stopWaiting(): void;
  close(): Promise<void>;
}
