/**
 * The driver, opened so that it cannot answer what the server did not say.
 */
import postgres from 'postgres';
import { connectionLost, ServerConnection } from './server-connection.ts';
import { readTlsMode, TLS_PARAMETERS } from './tls.ts';
import { Turns } from './turns.ts';

export interface DriverOptions extends postgres.Options<Record<string, postgres.PostgresType>> {
  /** Whether each statement is prepared by name, so that it is parsed once per connection. Constant texts only. */
  readonly prepareByName?: boolean;
  readonly admit?: Admit;
}

/**
 * Asked before each statement and each transaction. Null: go on. One that is refused fails as the promise does.
 */
export type Admit = () => Promise<void> | null;

/** The protocol counts parameters in 16 bits. */
const PARAMETERS_MAX = 65_533;
/**
 * The driver sends at once what is longer than a kilobyte, and collects the rest until the next turn of the event loop.
 * What it has collected when a connection is lost stays, and nobody sends it or what is added to it: the next connection
 * would hang in its beginning. So beginnings are long. Spaces between options mean nothing to PostgreSQL.
 */
const STARTUP_MIN_LENGTH = 1_024;
/**
 * Opens a pool. Four things are different from the driver's own:
 *
 * - Its connections are {@link ServerConnection}s, so nothing is left of a statement that ended by an error or with its
 *   connection.
 * - A result whose rows are not as many as the server said is refused, and its connection is destroyed.
 * - One statement at a time per connection. The driver would send further ones ahead on a busy connection, and when it
 *   prepares the first anew there, because the schema has changed, it takes the answer to the second for its own.
 * - A transaction that is over sends nothing more. When its connection is lost, the driver would send the rest of it,
 *   and its ROLLBACK or COMMIT, to a socket that is gone, which ends the process, or to the connection opened in its
 *   place, on which another transaction may be running.
 *
 * @param url as of libpq, with `sslmode`, `sslrootcert` and `sslnegotiation`
 * @throws TypeError for a `sslmode` that PostgreSQL does not have
 */
export function openDriver(
  url: string,
  { prepareByName = false, max = 10, admit = () => null, ...options }: DriverOptions = {},
): postgres.Sql {
  const target = new URL(url);
  const tls = readTlsMode(target.searchParams);
  for (const name of TLS_PARAMETERS) target.searchParams.delete(name);
  const startOptions = target.searchParams.get('options') ?? '';
  target.searchParams.delete('options');
  const open = new Set<ServerConnection>();
  const sql = postgres(target.href, {
    ...options,
    max,
    connection: { ...options.connection, options: startOptions.padEnd(STARTUP_MIN_LENGTH) },
    // Asking for array types at each connection is a statement more, and its failure would go unhandled.
    fetch_types: false,
    // The connection brings its own TLS: the driver's would be put between it and the messages.
    ssl: false,
    // The driver has this option, and its types lack it.
    ...{
      socket: ({ host, port }: { host: readonly string[]; port: readonly number[] }) => {
        const address = { host: host[0] ?? '127.0.0.1', port: port[0] ?? 5432, tls };
        const connection = new ServerConnection(address, answerTimeoutMs(options.connection?.statement_timeout));
        open.add(connection);
        connection.once('close', () => open.delete(connection));
        return connection;
      },
    },
  });
  const destroy = async (processId: number | undefined, problem: Error) => {
    for (const connection of open) if (connection.processId === processId) await connection.destroyed(problem);
  };
  const isOpen = (processId: number) =>
    [...open].some((connection) => connection.processId === processId && connection.isOpen);
  return checked(sql, { prepareByName, destroy, isOpen, turns: new Turns(max), admit, transaction: null });
}

/** When the server does not even say that it gave up, the connection is dead. Null where it never gives up. */
function answerTimeoutMs(statementTimeoutMs: unknown): number | null {
  return typeof statementTimeoutMs === 'number' && statementTimeoutMs > 0 ? statementTimeoutMs + 1_000 : null;
}

interface Checks {
  readonly prepareByName: boolean;
  /** Resolves when the connection to that process of the server is closed. */
  destroy(processId: number | undefined, problem: Error): Promise<void>;
  isOpen(processId: number): boolean;
  /** Null inside a transaction, which has a connection of its own. */
  readonly turns: Turns | null;
  readonly admit: Admit;
  /** The one that the statements belong to. */
  readonly transaction: Transaction | null;
}

/** A transaction, with its savepoints, from the answer to BEGIN on. */
class Transaction {
  private processId: number | null = null;
  private hasEnded = false;
  private readonly isOpen: Checks['isOpen'];
  /** Rejects when it ends. */
  readonly ended: Promise<never>;
  end!: () => void;

  constructor(isOpen: Checks['isOpen']) {
    this.isOpen = isOpen;
    this.ended = new Promise((_, reject) => {
      this.end = () => {
        this.hasEnded = true;
        reject(transactionOver());
      };
    });
    this.ended.catch(() => {});
  }

  /** Whether its connection is lost, or it was committed or rolled back. */
  get isOver(): boolean {
    return this.hasEnded || (this.processId !== null && !this.isOpen(this.processId));
  }

  /** Its connection is that of its first statement. */
  sent({ state }: DriverQuery): void {
    this.processId ??= state?.pid ?? null;
  }

  /**
   * Does not settle when the connection is lost meanwhile: the driver would go on with COMMIT or ROLLBACK. It rejects
   * the transaction by itself.
   */
  async during<Result>(work: () => Result): Promise<Awaited<Result>> {
    try {
      const result = await work();
      return this.isOver ? await new Promise<never>(() => {}) : result;
    } catch (error) {
      if (this.isOver) await new Promise<never>(() => {});
      throw error;
    }
  }
}

function checked<Client extends postgres.ISql>(client: Client, checks: Checks): Client {
  return new Proxy(client, {
    apply(target, self, given) {
      const made = Reflect.apply(target as unknown as (...all: unknown[]) => unknown, self, given);
      return made instanceof Promise ? withCheckedResult(made as unknown as DriverQuery, checks) : made;
    },
    get(target, property, receiver) {
      const value = Reflect.get(target, property, receiver);
      if (property === 'unsafe') {
        return (text: string, parameters: unknown[] = [], options = {}) => {
          refuseUnbuildable(parameters);
          const query = target.unsafe(text, parameters as never[], {
            ...options,
            ...(checks.prepareByName && { prepare: true }),
          });
          return withCheckedResult(query as unknown as DriverQuery, checks);
        };
      }
      if (property === 'begin' || property === 'savepoint') {
        return (...given: unknown[]) => {
          const use = given.pop() as (inner: postgres.TransactionSql) => unknown;
          const run = value as (...all: unknown[]) => Promise<unknown>;
          const transaction = checks.transaction ?? new Transaction(checks.isOpen);
          const inside = (inner: postgres.TransactionSql) =>
            transaction.during(() => use(checked(inner, { ...checks, turns: null, transaction })));
          if (property === 'savepoint') {
            if (transaction.isOver) return Promise.reject(transactionOver());
            return Promise.race([run.call(target, ...given, inside), transaction.ended]);
          }
          return inTurn(checks, () => run.call(target, ...given, inside).finally(() => transaction.end()));
        };
      }
      return value;
    },
  });
}

function transactionOver(): Error {
  return connectionLost('The transaction is over: its connection was lost, or it was committed or rolled back');
}

/** The driver resolves a statement before it frees the connection; a promise's reaction comes after both. */
async function inTurn<Result>({ turns, admit }: Checks, work: () => Promise<Result>): Promise<Result> {
  if (turns === null) return work();
  await admit();
  const give = await new Promise<() => void>((begin) => turns.take(begin));
  try {
    return await work();
  } finally {
    give();
  }
}

/** The driver's own; its types name neither `resolve` nor `reject`. */
interface DriverQuery {
  /** The server's process, once it is sent. The driver changes the same object when it connects anew. */
  readonly state: { readonly pid: number } | null;
  /** Sends it; called once, when somebody first awaits it. */
  handler(query: DriverQuery): void;
  resolve(result: DriverResult | readonly DriverResult[]): void;
  reject(error: Error): void;
}

type DriverResult = postgres.RowList<readonly postgres.Row[]>;

function withCheckedResult(query: DriverQuery, { destroy, turns, admit, transaction }: Checks): DriverQuery {
  const { resolve, reject, handler } = query;
  let give: (() => void) | null = null;
  let isSettled = false;
  const settle = (tell: () => void) => {
    isSettled = true;
    tell();
    if (give) queueMicrotask(give);
    give = null;
  };
  query.reject = (error) => settle(() => reject(error));
  query.resolve = (result) => {
    // After a lost connection the driver resolves the lost statement once more, when the next one is ready.
    if (isSettled) return;
    const problem = problemOf(result);
    if (problem !== null) {
      const error = connectionLost(problem, 'EPROTO');
      return void destroy((result as Partial<DriverResult>).state?.pid, error).then(() => query.reject(error));
    }
    settle(() => resolve(result));
  };
  if (transaction) {
    query.handler = () => {
      if (transaction.isOver) return query.reject(transactionOver());
      handler(query);
      transaction.sent(query);
    };
  } else if (turns) {
    const send = () =>
      turns.take((over) => {
        give = over;
        handler(query);
      });
    query.handler = () => {
      const admitted = admit();
      if (admitted) admitted.then(send, query.reject);
      else send();
    };
  }
  return query;
}

/** A statement without parameters may have several results. */
function problemOf(result: DriverResult | readonly DriverResult[]): string | null {
  const results = 'count' in result ? [result as DriverResult] : (result as readonly DriverResult[]);
  for (const { length, count, columns } of results) {
    if (Array.isArray(columns) && columns.length > 0 && typeof count === 'number' && length !== count) {
      return `The driver received ${length} rows where PostgreSQL sent ${count}`;
    }
  }
  return null;
}

/** What the driver cannot turn into bytes it notices too late: when the statement stands in line for an answer. */
function refuseUnbuildable(parameters: readonly unknown[]): void {
  if (parameters.length > PARAMETERS_MAX) {
    throw new TypeError(`A statement has at most ${PARAMETERS_MAX} parameters, got ${parameters.length}`);
  }
  const position = parameters.findIndex((parameter) => !isBuildable(parameter));
  if (position !== -1) {
    throw new TypeError(
      `Parameter ${position + 1} is nothing that can be sent to PostgreSQL: ${typeof parameters[position]}`,
    );
  }
}

function isBuildable(parameter: unknown): boolean {
  if (parameter === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof parameter)) return true;
  if (parameter instanceof Date) return !Number.isNaN(parameter.getTime());
  return parameter instanceof Uint8Array || (Array.isArray(parameter) && parameter.every(isBuildable));
}
