/** Milestones: the steps in which an order is paid, carried out strictly in the order of their indexes. */
import {
  type Answer,
  asIs,
  type CallOptions,
  type ChangeOptions,
  type Connection,
  dataOf,
  type ListOptions,
  type TurnOptions,
} from '../connection.ts';
import type {
  AmendMilestone,
  CompleteMilestone,
  CreateMilestone,
  Milestone,
  MilestoneBatchJudgement,
  ReleaseMilestone,
} from '../types.ts';

const MILESTONES = '/v1/payment-intents/{intentId}/escrow/milestones';
const MILESTONE = '/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}';

export interface MilestoneFilter extends ListOptions {
  readonly status?: Milestone['status'] | undefined;
}

export class Milestones {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  create<Options extends TurnOptions = object>(intentId: string, body: CreateMilestone, options?: Options) {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(MILESTONES, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** Up to 100, all or none. */
  createBatch<Options extends ChangeOptions = object>(
    intentId: string,
    milestones: CreateMilestone[],
    options?: Options,
  ): Promise<Answer<Milestone[], Options>> {
    const path = { intentId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONES}/batch`, { params: { path, header }, body: { milestones }, signal }),
      (body) => (body.object === 'list' ? body.data.map(dataOf) : []),
    );
  }

  /** What {@link createBatch} would be told, item by item. Creates nothing. */
  judgeBatch(
    intentId: string,
    milestones: CreateMilestone[],
    options: CallOptions = {},
  ): Promise<MilestoneBatchJudgement> {
    const body = { milestones, dryRun: true };
    const init = { params: { path: { intentId } }, body, signal: options.signal ?? null };
    return this.#connection.read(
      this.#connection.http.POST(`${MILESTONES}/batch`, init),
      (judged) => (judged as { data: MilestoneBatchJudgement }).data,
    );
  }

  /** In index order. */
  list(intentId: string, options: MilestoneFilter = {}): AsyncGenerator<Milestone> {
    const { status } = options;
    return this.#connection.list(options, (page, signal) =>
      this.#connection.http.GET(MILESTONES, {
        params: { path: { intentId }, query: { ...page, ...(status && { status }) } },
        signal,
      }),
    );
  }

  get(intentId: string, milestoneId: string, options: CallOptions = {}): Promise<Milestone> {
    const init = { params: { path: { intentId, milestoneId } }, signal: options.signal ?? null };
    return this.#connection.read(this.#connection.http.GET(MILESTONE, init), dataOf);
  }

  /** While it is pending. Fields that are left out stay as they are. */
  amend<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    body: AmendMilestone,
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.PATCH(MILESTONE, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** Its work is done. */
  complete<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    body: CompleteMilestone,
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONE}/complete`, { params: { path, header }, body, signal }),
      asIs,
    );
  }

  /** Its money goes to the merchant; with `amount` a part of it, and the rest back to the buyer. */
  release<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    body: ReleaseMilestone = {},
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONE}/release`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** While it is pending. Its amount can be allocated again; its index stays taken. */
  cancel<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    body: { reason?: string } = {},
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONE}/cancel`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** Its work was rejected: it is pending again. */
  reopen<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    body: { reason: string },
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONE}/reopen`, { params: { path, header }, body, signal }),
      dataOf,
    );
  }

  /** Its inspection period ends so many seconds later. */
  extend<Options extends TurnOptions = object>(
    intentId: string,
    milestoneId: string,
    seconds: number,
    options?: Options,
  ) {
    const path = { intentId, milestoneId };
    return this.#connection.change(
      options,
      ({ header, signal }) =>
        this.#connection.http.POST(`${MILESTONE}/extend`, { params: { path, header }, body: { seconds }, signal }),
      dataOf,
    );
  }
}
