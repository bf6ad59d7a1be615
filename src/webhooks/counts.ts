/** What a process has done to deliver webhooks since it started. */
export interface WebhookCounts {
  delivered: number;
  /** Attempts that did not get through. */
  missed: number;
  /** Events given up: their schedule ended. */
  deadLetters: number;
  /** Endpoints disabled because of how they answer. */
  disabled: number;
}
