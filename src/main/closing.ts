/** What was started, to be ended in the reverse order: at the end, or when a later step of a start does not succeed. */
export class Closing {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Ends all of it, whatever becomes of one step. @throws what the first step that failed threw */
  async close(): Promise<void> {
    const problems: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step();
      } catch (problem) {
        problems.push(problem);
      }
    }
    if (problems.length > 0) throw problems[0];
  }
}
