/**
 * How the resources ask: reads, changes and lists. A change is sent with an idempotency key, and when it is answered
 * with a command that waits, so does the call.
 */
import { errorOfAnswer, TrancheError } from './errors.ts';
import type { components } from './generated/api.ts';
import { createHttp, type Http, type TrancheOptions } from './http.ts';
import { pause } from './retries.ts';
import type { Command } from './types.ts';

export interface CallOptions {
  /** Ends the call. A change that was sent may happen nevertheless. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeOptions extends CallOptions {
  /** 1 to 255 visible ASCII characters. Default: a random UUID, the same in every try of this call. */
  readonly idempotencyKey?: string | undefined;
  /** Whether to wait for a command without an outcome. `false`: the call answers an {@link Outcome}. Default: true */
  readonly wait?: boolean | undefined;
  /** How long to wait for one. Default: the client's own. */
  readonly commandWaitMs?: number | undefined;
}

export interface TurnOptions extends ChangeOptions {
  /**
   * What becomes of a command whose turn has not come. `refuse`: it is refused at once. `hold`: it waits in the service
   * without end. Seconds (at most 30): it waits so long and is refused then. Default: the service's, which is two
   * seconds for creating a milestone and `refuse` for everything else.
   */
  readonly turn?: 'refuse' | 'hold' | { readonly seconds: number } | undefined;
}

/** What became of a change that was not waited for. */
export type Outcome<Result> =
  | { readonly settled: true; readonly result: Result }
  | { readonly settled: false; readonly command: Command };

/** What a change answers: its result, or an {@link Outcome} where the caller does not wait. */
export type Answer<Result, Options> = Options extends { readonly wait?: infer Wait } ? ByWait<Result, Wait> : Result;
type ByWait<Result, Wait> = Wait extends false ? Outcome<Result> : Result;

export interface ListOptions extends CallOptions {
  /** How many items one request reads, 1 to 100. Default: 100 */
  readonly pageSize?: number | undefined;
  /** The id after which the list begins. */
  readonly startingAfter?: string | undefined;
}

type CommandEnvelope = components['schemas']['Command'];

/** What openapi-fetch answers with. */
type Exchange<Body> = Promise<
  | { readonly data: Body; readonly error?: never; readonly response: Response }
  | { readonly data?: never; readonly error: unknown; readonly response: Response }
>;

interface Sent {
  readonly header: { readonly 'Idempotency-Key': string; readonly Prefer?: string };
  readonly signal: AbortSignal | null;
}

interface Page<Data> {
  readonly data: readonly { readonly id: string; readonly data: Data }[];
  readonly hasMore: boolean;
}

const COMMAND_WAIT_MS = 60_000;
const FIRST_POLL_MS = 250;
/** Waiting for a minute costs some fifteen requests of the rate limit. */
const LAST_POLL_MS = 5_000;

export class Connection {
  readonly http: Http;
  readonly #commandWaitMs: number;

  constructor(options: TrancheOptions) {
    this.http = createHttp(options);
    this.#commandWaitMs = options.commandWaitMs ?? COMMAND_WAIT_MS;
  }

  /** @throws TrancheError */
  async read<Body, Result>(exchange: Exchange<Body>, resultOf: (body: Body) => Result): Promise<Result> {
    return resultOf((await successOf(exchange, null)).body);
  }

  /**
   * @param resultOf what the caller gets of a success
   * @throws TrancheError
   */
  async change<Body, Result, Options extends TurnOptions>(
    options: Options | undefined,
    send: (sent: Sent) => Exchange<Body>,
    resultOf: (body: Exclude<Body, CommandEnvelope>) => Result,
  ): Promise<Answer<Result, Options>> {
    const {
      idempotencyKey = crypto.randomUUID(),
      turn,
      wait = true,
      signal,
      commandWaitMs,
    }: TurnOptions = options ?? {};
    const header = { 'Idempotency-Key': idempotencyKey, ...(turn !== undefined && { Prefer: preferenceOf(turn) }) };
    const { body, status } = await successOf(send({ header, signal: signal ?? null }), idempotencyKey);
    type Final = Exclude<Body, CommandEnvelope>;
    let final = body as Final;
    if (status === 202) {
      const { data: command } = body as CommandEnvelope;
      if (!wait) return { settled: false, command } as Answer<Result, Options>;
      const { result } = await this.waitForCommand(command.id, { signal, commandWaitMs, idempotencyKey });
      final = result as unknown as Final;
    }
    const result = resultOf(final);
    return (wait ? result : { settled: true, result }) as Answer<Result, Options>;
  }

  /** Items of all pages, in the list's order, each once whatever is added meanwhile: pages begin after an id. */
  async *list<Data>(
    options: ListOptions | undefined,
    read: (query: { limit: string; starting_after?: string }, signal: AbortSignal | null) => Exchange<Page<Data>>,
  ): AsyncGenerator<Data, void, undefined> {
    let after = options?.startingAfter;
    for (;;) {
      const query = { limit: String(options?.pageSize ?? 100), ...(after !== undefined && { starting_after: after }) };
      const { data, hasMore } = await this.read(read(query, options?.signal ?? null), (page) => page);
      for (const item of data) yield item.data;
      after = data.at(-1)?.id;
      if (!hasMore || after === undefined) return;
    }
  }

  /**
   * The command once it was accepted.
   *
   * @throws TrancheError with what it was rejected for, or `command_unsettled` when it took too long
   */
  async waitForCommand(
    commandId: string,
    options: Pick<ChangeOptions, 'signal' | 'commandWaitMs' | 'idempotencyKey'>,
  ): Promise<Command> {
    const { signal, commandWaitMs = this.#commandWaitMs, idempotencyKey = null } = options;
    const deadline = performance.now() + commandWaitMs;
    const init = { params: { path: { commandId } }, signal: signal ?? null };
    for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_POLL_MS)) {
      const command = await this.read(this.http.GET('/v1/commands/{commandId}', init), ({ data }) => data);
      if (command.status === 'ACCEPTED') return command;
      if (command.status === 'REJECTED') throw refusalOf(command, idempotencyKey);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw unsettled(command, idempotencyKey);
      await pause(Math.min(pauseMs, leftMs), signal);
    }
  }
}

/** Of the published envelope: what it holds. */
export function dataOf<Data>({ data }: { readonly data: Data }): Data {
  return data;
}

/** An answer that is its own result. */
export function asIs<Body>(body: Body): Body {
  return body;
}

async function successOf<Body>(
  exchange: Exchange<Body>,
  idempotencyKey: string | null,
): Promise<{ body: Body; status: number }> {
  const { data, error, response } = await exchange.catch((cause: unknown) => {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = 'The answer is not JSON. Does baseUrl lead to Tranche?';
    throw new TrancheError({ reason: 'answer_not_understood', message, idempotencyKey, cause });
  });
  if (!response.ok) throw errorOfAnswer(response, error, idempotencyKey);
  return { body: data as Body, status: response.status };
}

function preferenceOf(turn: NonNullable<TurnOptions['turn']>): string {
  if (typeof turn === 'object') return `wait=${turn.seconds}`;
  return turn === 'hold' ? 'handling=lenient' : 'handling=strict';
}

function refusalOf(command: Command, idempotencyKey: string | null): TrancheError {
  const { error, reason = 'answer_not_understood' } = command;
  const { message = 'The command was rejected', ...others } = error ?? {};
  return new TrancheError({ ...others, reason, message, idempotencyKey, command });
}

function unsettled(command: Command, idempotencyKey: string | null): TrancheError {
  const { id, waitingFor } = command;
  const why = waitingFor === undefined ? 'has no outcome yet' : `waits for ${waitingFor}`;
  return new TrancheError({
    reason: 'command_unsettled',
    message: `Command ${id} ${why}. It may still happen.`,
    idempotencyKey,
    command,
  });
}
