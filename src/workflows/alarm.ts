/**
 * One timer for the order's next deadline. It is replaced only by an earlier one: a timer that fires for nothing
 * costs less history than cancelling and starting one with every command.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

export class Alarm {
  private at: number | null = null;
  private scope: CancellationScope | null = null;
  private readonly onRing: () => void;

  constructor(onRing: () => void) {
    this.onRing = onRing;
  }

  /** Makes sure that the alarm rings at `deadline` or earlier. Null leaves it as it is. */
  set(deadline: number | null): void {
    if (deadline === null || (this.at !== null && this.at <= deadline)) return;
    this.scope?.cancel();
    this.at = deadline;
    const scope = new CancellationScope({ cancellable: true });
    this.scope = scope;
    void scope
      .run(() => sleep(Math.max(1, deadline - Date.now()), { summary: `deadline ${new Date(deadline).toISOString()}` }))
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
