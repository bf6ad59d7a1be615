/**
 * What is put under load: Tranche through HTTP, or a reference in its own process. The loads are the same code.
 */
export interface Target<Order> {
  /** Makes orders that can take creates at once: funded, their workflows running and in the worker's cache. */
  prepare(count: number): Promise<readonly Order[]>;
  /**
   * Creates one milestone and waits for the answer.
   *
   * @throws WrongAnswer when the answer is anything but the milestone
   */
  create(order: Order, milestoneIndex: number): Promise<void>;
}
