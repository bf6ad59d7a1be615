/**
 * The child's end of the line to the bench: answers its questions, and ends with it, however the bench ended.
 */

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly input?: unknown;
}

export interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

export type Handlers = Readonly<Record<string, (input: never) => unknown>>;

/**
 * Answers questions from now on.
 *
 * @param onOrphaned what to do when the bench is gone; nobody will ask for an end any more
 */
export function answerParent(handlers: Handlers, onOrphaned: () => void): void {
  process.on('disconnect', onOrphaned);
  process.on('message', async ({ id, name, input }: Question) => {
    try {
      const handle = handlers[name];
      if (!handle) throw new Error(`This process does not know how to answer "${name}"`);
      reply({ id, answer: await handle(input as never) });
    } catch (error) {
      const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
      reply({ id, error: { name: kind, message } });
    }
  });
}

function reply(message: Reply): void {
  if (process.connected) process.send?.(message);
}
