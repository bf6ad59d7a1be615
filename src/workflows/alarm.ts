/**
 * One timer for the order's next deadline. It is replaced only by an earlier one: a timer that fires for nothing
 * costs less history than cancelling and starting one with every command.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** When the alarm should ring, in epoch milliseconds, and what for, in a few words. */
export interface Wakeup {
  readonly at: number;
  readonly summary: string;
}

export class Alarm {
  private at: number | null = null;
  private scope: CancellationScope | null = null;
  private readonly onRing: () => void;

  constructor(onRing: () => void) {
    this.onRing = onRing;
  }

  /** Makes sure that the alarm rings then or earlier. Null leaves it as it is. */
  set(wakeup: Wakeup | null): void {
    if (wakeup === null || (this.at !== null && this.at <= wakeup.at)) return;
    const { at, summary } = wakeup;
    this.scope?.cancel();
    this.at = at;
    const scope = new CancellationScope({ cancellable: true });
    this.scope = scope;
    void scope
      .run(() => sleep(Math.max(1, at - Date.now()), { summary }))
      .then(() => this.ring(scope))
      .catch((error) => {
        if (!isCancellation(error)) throw error;
      });
  }

  private ring(scope: CancellationScope): void {
    if (this.scope !== scope) return;
    this.at = null;
    this.scope = null;
    this.onRing();
  }
}
