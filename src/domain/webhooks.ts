/**
 * What the workflow of a webhook endpoint and its activity say to each other.
 */

/** What one round of deliveries came to, and how the endpoint stands. */
export interface EndpointRound {
  /** `gone`: there is no such endpoint any more. */
  readonly state: 'enabled' | 'disabled' | 'gone';
  /** Where it leads: host and path alone, because a query may hold a secret. */
  readonly target: string;
  readonly delivered: number;
  /** Attempts that did not get through. */
  readonly missed: number;
  /** What still has to get there. */
  readonly pending: number;
  /** What was given up. */
  readonly failed: number;
  readonly lastError: string | null;
  /** Epoch milliseconds; null: nothing is pending. */
  readonly nextAttemptAt: number | null;
  /** The round ended because it had taken its time, not because nothing was left. */
  readonly isMore: boolean;
}

export interface WebhookActivities {
  /** Delivers what is due of one endpoint. Safe to repeat: a delivery that was not recorded is made once more. */
  deliverWebhooks(endpointId: string): Promise<EndpointRound>;
}
