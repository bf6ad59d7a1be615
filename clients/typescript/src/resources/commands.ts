/** Commands: changes that wait for their turn, or whose outcome was not known in time. */
import { type CallOptions, type ChangeOptions, type Connection, dataOf } from '../connection.ts';
import type { components } from '../generated/api.ts';
import type { Command } from '../types.ts';

type CommandEnvelope = components['schemas']['Command'];

const COMMAND = '/v1/commands/{commandId}';

export class Commands {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get(commandId: string, options: CallOptions = {}): Promise<Command> {
    const init = { params: { path: { commandId } }, signal: options.signal ?? null };
    return this.#connection.read(this.#connection.http.GET(COMMAND, init), dataOf);
  }

  /**
   * The command once it was accepted; its `result` is what it would have answered.
   *
   * @throws TrancheError with what it was rejected for, or `command_unsettled` after `commandWaitMs`
   */
  wait(commandId: string, options: Pick<ChangeOptions, 'signal' | 'commandWaitMs'> = {}): Promise<Command> {
    return this.#connection.waitForCommand(commandId, options);
  }

  /** Withdraws one that waits for its turn. Answers the command, `REJECTED`. */
  cancel(
    commandId: string,
    options?: Pick<ChangeOptions, 'signal' | 'commandWaitMs' | 'idempotencyKey'>,
  ): Promise<Command> {
    const path = { commandId };
    return this.#connection.change(
      options,
      ({ header, signal }) => this.#connection.http.POST(`${COMMAND}/cancel`, { params: { path, header }, signal }),
      // A success is a command, too, which the types take for one that waits.
      (cancelled) => (cancelled as CommandEnvelope).data,
    );
  }
}
