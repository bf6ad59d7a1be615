/** Whatever happens to a statement, no other is answered less, more or anything else than the server said to it. */
import type postgres from 'postgres';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { openDriver } from '../../src/db/driver.ts';
import { type Fault, type FaultyPostgres, type SentMessage, startFaultyPostgres } from '../support/faulty-postgres.ts';

const url = inject('databaseUrl');

/** One connection, so that each statement follows the one before it. */
function open(at = url, options: Parameters<typeof openDriver>[1] = {}): postgres.Sql {
  const sql = openDriver(at, { max: 1, prepareByName: true, backoff: () => 0.01, onnotice: () => {}, ...options });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

const rowsOf = async (sql: postgres.ISql, from: number, to: number): Promise<unknown[]> => {
  const rows = await sql.unsafe('SELECT n FROM generate_series($1::integer, $2::integer) AS n', [from, to]);
  return rows.map((row) => row?.n);
};

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, offset) => from + offset);

/** The next statements are answered as if nothing had been before them. */
async function expectTruth(sql: postgres.ISql): Promise<void> {
  expect(await rowsOf(sql, 7, 9)).toEqual([7, 8, 9]);
  expect(await rowsOf(sql, 1, 0)).toEqual([]);
  expect(await rowsOf(sql, 5, 5)).toEqual([5]);
}

const FAILING = 'SELECT n, 1 / ($1::integer - n) AS quotient FROM generate_series(1, 10) AS n';

test('an error in row n leaves nothing to the next statement', async () => {
  const sql = open();
  for (const failsAt of [1, 2, 5, 10]) {
    await expect(sql.unsafe(FAILING, [failsAt])).rejects.toMatchObject({ code: '22012' });
    await expectTruth(sql);
  }
});

test('an error in row n of a statement without parameters, and of one that was never prepared', async () => {
  const sql = open(url, { prepareByName: false });
  const text = FAILING.replace('$1::integer', '5');
  await expect(sql.unsafe(text)).rejects.toMatchObject({ code: '22012' });
  await expectTruth(sql);
  await expect(sql`SELECT n, 1 / (${5}::integer - n) FROM generate_series(1, 10) AS n`).rejects.toThrow('by zero');
  await expectTruth(sql);
});

test('a statement that runs out of time in the middle of its rows', async () => {
  const sql = open(url, { connection: { statement_timeout: 200 } });
  const slow = `SELECT n, repeat('x', 2000), pg_sleep(CASE WHEN n > $1::integer THEN 5 ELSE 0 END)
    FROM generate_series(1, 100) AS n`;
  await expect(sql.unsafe(slow, [50])).rejects.toMatchObject({ code: '57014' });
  await expectTruth(sql);
});

test.each(['pg_cancel_backend', 'pg_terminate_backend'])(
  'a statement that is ended by %s while rows arrive',
  async (by) => {
    const sql = open();
    const other = open();
    const [own] = await sql.unsafe('SELECT pg_backend_pid() AS pid, $1::integer', [1]);
    const text = `SELECT n, repeat('x', 2000), pg_sleep(CASE WHEN n > $1::integer THEN 20 ELSE 0 END)
    FROM generate_series(1, 100) AS n`;
    const running = sql.unsafe(text, [50]).then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );
    await expect
      .poll(async () => {
        const [seen] = await other.unsafe(
          `SELECT wait_event FROM pg_stat_activity WHERE pid = $1::integer AND state = 'active'`,
          [own?.pid],
        );
        return seen?.wait_event;
      })
      .toBe('PgSleep');
    await other.unsafe(`SELECT ${by}($1::integer)`, [own?.pid]);
    expect(['57014', '57P01', '08006', 'CONNECTION_CLOSED', 'ECONNRESET']).toContain(await running);
    await expectTruth(sql);
  },
);

test('an error of a part of a text with several statements', async () => {
  const sql = open(url, { prepareByName: false });
  await expect(sql.unsafe(`SELECT 1; ${FAILING.replace('$1::integer', '5')}; SELECT 2`)).rejects.toThrow('by zero');
  await expectTruth(sql);
});

test('an error in row n inside a transaction, and inside a savepoint of it', async () => {
  const sql = open();
  await expect(sql.begin((inner) => inner.unsafe(FAILING, [5]))).rejects.toMatchObject({ code: '22012' });
  await expectTruth(sql);
  await sql.begin(async (outer) => {
    const failed = outer.savepoint((inner) => inner.unsafe(FAILING, [5]));
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    await expectTruth(outer);
  });
  await expectTruth(sql);
});

test('a statement that cannot be parsed, bound or described, or whose result has changed', async () => {
  const sql = open();
  await sql.unsafe('CREATE TEMPORARY TABLE changing (n integer)');
  await sql.unsafe('INSERT INTO changing VALUES ($1)', [1]);
  const read = () => sql.unsafe('SELECT * FROM changing WHERE n > $1', [0]);
  expect([...(await read())]).toEqual([{ n: 1 }]);
  await sql.unsafe(`ALTER TABLE changing ADD COLUMN word text DEFAULT 'new'`);
  expect([...(await read())]).toEqual([{ n: 1, word: 'new' }]);
  for (const [text, parameters] of [
    ['SELEC $1', [1]],
    ['SELECT missing FROM changing WHERE n = $1', [1]],
    ['SELECT $1::integer', ['no number']],
    ['SELECT $1::integer, $2::integer', [1]],
  ] as const) {
    await expect(sql.unsafe(text, parameters as never)).rejects.toThrow();
    await expectTruth(sql);
  }
});

test('parameters that cannot be sent are refused, and every other statement gets its own answer', async () => {
  const sql = open(url, { max: 2 });
  const bad = [undefined, Symbol('x'), new Date(Number.NaN), () => 1, [undefined]];
  const answers = numbers(1, 100).map(async (n) => {
    const parameter = n % 3 === 0 ? bad[n % bad.length] : n;
    const [row] = await sql.unsafe('SELECT $1::integer AS n', [parameter as number]);
    return row?.n;
  });
  for (const [at, answer] of (await Promise.allSettled(answers)).entries()) {
    const n = at + 1;
    expect(answer).toMatchObject(n % 3 === 0 ? { status: 'rejected' } : { status: 'fulfilled', value: n });
  }
  await expect(async () => sql.unsafe('SELECT 1', numbers(1, 65_534))).rejects.toThrow('at most 65533 parameters');
});

test('five hundred statements at once, a third of which fail in the middle of their rows', async () => {
  const sql = open(url, { max: 3 });
  const wrong: unknown[] = [];
  await Promise.all(
    numbers(1, 500).map(async (n) => {
      if (n % 3 === 0) {
        const failure = await sql.unsafe(FAILING, [1 + (n % 10)]).catch((error: unknown) => error);
        if ((failure as { code?: string }).code !== '22012') wrong.push([n, failure]);
        return;
      }
      const got = await rowsOf(sql, n, n + (n % 7));
      if (JSON.stringify(got) !== JSON.stringify(numbers(n, n + (n % 7)))) wrong.push([n, got]);
    }),
  );
  expect(wrong).toEqual([]);
});

const proxies: FaultyPostgres[] = [];
afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));

async function faulty(): Promise<FaultyPostgres> {
  const proxy = await startFaultyPostgres(url);
  proxies.push(proxy);
  return proxy;
}

/** Strikes once, at the first message for which `is` holds. */
function once(is: (message: SentMessage) => boolean, fault: Fault): (message: SentMessage) => Fault {
  let isLeft = true;
  return (message) => {
    if (!isLeft || !is(message)) return 'pass';
    isLeft = false;
    return fault;
  };
}

const PLACES: readonly (readonly [string, (message: SentMessage) => boolean])[] = [
  ['ParseComplete', ({ type }) => type === '1'],
  ['ParameterDescription', ({ type }) => type === 't'],
  ['RowDescription', ({ type }) => type === 'T'],
  ['BindComplete', ({ type }) => type === '2'],
  ['the first row', ({ type, rows }) => type === 'D' && rows === 1],
  ['a row in the middle', ({ type, rows }) => type === 'D' && rows === 4],
  ['CommandComplete', ({ type }) => type === 'C'],
  ['ReadyForQuery', ({ type }) => type === 'Z'],
];

test.each(PLACES)('a connection that is cut after %s', async (_, is) => {
  const proxy = await faulty();
  const sql = open(proxy.url);
  expect(await rowsOf(sql, 1, 1)).toEqual([1]);
  proxy.judge(once(is, 'cut after'));
  const text = 'SELECT n FROM generate_series($1::integer, 8) AS n';
  const answer = await sql.unsafe(text, [1]).catch((error: { code: string }) => error.code);
  if (typeof answer === 'string') expect(['CONNECTION_CLOSED', 'ECONNRESET']).toContain(answer);
  else expect(answer.map(({ n }) => n)).toEqual(numbers(1, 8));
  await expect.poll(() => proxy.faults).toBe(1);
  const next = await rowsOf(sql, 7, 9).catch(({ code }: { code: string }) => code);
  if (typeof next === 'string') expect(['CONNECTION_CLOSED', 'ECONNRESET']).toContain(next);
  else expect(next).toEqual([7, 8, 9]);
  await expectTruth(sql);
});

test.each([
  ['while it is planned', 'SELECT missing FROM pg_class WHERE relname = $1', ['x'], '42703'],
  ['by its parameters', 'SELECT $1::integer', ['no number'], '22P02'],
  ['in the middle of its rows', FAILING, [5], '22012'],
])('an error %s whose connection is cut right after it is told to nobody else', async (_, text, parameters, code) => {
  const proxy = await faulty();
  const sql = open(proxy.url);
  expect(await rowsOf(sql, 1, 1)).toEqual([1]);
  proxy.judge(once(({ type }) => type === 'E', 'cut after'));
  await expect(sql.unsafe(text, parameters)).rejects.toMatchObject({
    code: expect.stringMatching(`^(${code}|08006|CONNECTION_CLOSED|ECONNRESET)$`),
  });
  await expectTruth(sql);
});

test('a statement that is given to a connection which the server is ending is never answered without rows', async () => {
  const sql = open();
  const other = open();
  for (let round = 0; round < 40; round++) {
    // The connection may still be the one that the round before has ended.
    const ownProcess = () => sql.unsafe('SELECT pg_backend_pid() AS pid, $1::integer', [1]);
    const [own] = await ownProcess().catch(ownProcess);
    const ending = other.unsafe('SELECT pg_terminate_backend($1::integer)', [own?.pid]);
    for (let turn = 0; turn < round % 8; turn++) await new Promise((next) => setImmediate(next));
    const answer = await rowsOf(sql, 1, 3).catch(({ code }: { code: string }) => code);
    if (typeof answer === 'string') expect(['08006', '57P01', 'CONNECTION_CLOSED', 'ECONNRESET']).toContain(answer);
    else expect(answer).toEqual([1, 2, 3]);
    await ending;
  }
});

/** What a connection that is lost in a transaction is told as. */
const LOST = expect.stringMatching('^(08006|57P01|CONNECTION_CLOSED|ECONNRESET)$');

/** A transaction that waits, after its first statement, until its connection is lost. */
async function losing(sql: postgres.Sql, rest: (inner: postgres.TransactionSql) => Promise<unknown>) {
  const other = open();
  let closed = () => {};
  const isLost = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const ended = sql.begin(async (inner) => {
    const [own] = await inner.unsafe('SELECT pg_backend_pid() AS pid');
    await other.unsafe('SELECT pg_terminate_backend($1::integer, 5000)', [own?.pid]);
    await new Promise((next) => setTimeout(next, 20));
    closed();
    return rest(inner);
  });
  ended.catch(() => {});
  await isLost;
  return ended;
}

test('a transaction whose connection is lost in a statement is rejected, and its savepoint too', async () => {
  const sql = open();
  const other = open();
  const lost = (inner: postgres.TransactionSql) =>
    inner.unsafe('SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)');
  for (let round = 0; round < 3; round++) {
    await expect(sql.begin(lost)).rejects.toMatchObject({ code: LOST });
    await expectTruth(sql);
    let told: unknown = null;
    const nested = sql.begin(async (inner) => {
      await inner.savepoint(lost).catch((error: { code: string }) => {
        told = error.code;
      });
    });
    await expect(nested).rejects.toMatchObject({ code: LOST });
    await expect.poll(() => told).toEqual(LOST);
    await expectTruth(sql);
  }
  await expectTruth(other);
});

test.each([
  ['another statement', (inner: postgres.TransactionSql) => inner.unsafe('SELECT 1')],
  ['a savepoint', (inner: postgres.TransactionSql) => inner.savepoint((nested) => nested.unsafe('SELECT 1'))],
  ['its end', async () => 'done'],
  ['an error of its own', async () => Promise.reject(new Error('of its own'))],
])('a transaction whose connection is lost before %s is rejected', async (_, rest) => {
  const sql = open();
  await expect(losing(sql, rest)).rejects.toMatchObject({ code: LOST });
  await expectTruth(sql);
});

test('nothing of a transaction whose connection was lost happens in the one that has its connection now', async () => {
  const sql = open(url, { max: 2 });
  await sql.unsafe('CREATE TABLE IF NOT EXISTS driver_transactions (writer text PRIMARY KEY)');
  onTestFinished(async () => void (await sql.unsafe('DROP TABLE driver_transactions')));
  const write = (inner: postgres.ISql, writer: string) =>
    inner.unsafe('INSERT INTO driver_transactions VALUES ($1)', [writer]);
  for (const [round, rest] of [
    (inner: postgres.TransactionSql) => write(inner, 'late'),
    async () => 'its COMMIT',
    async () => Promise.reject(new Error('its ROLLBACK')),
  ].entries()) {
    let goOn = () => {};
    const inUse = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const lost = losing(sql, async (inner) => {
      await inUse;
      return rest(inner);
    });
    await expect(lost).rejects.toMatchObject({ code: LOST });
    const others = [0, 1].map((half) =>
      sql.begin(async (inner) => {
        await write(inner, `first ${round} ${half}`);
        goOn();
        await new Promise((next) => setTimeout(next, 20));
        await write(inner, `second ${round} ${half}`);
        throw new Error('rolled back');
      }),
    );
    for (const other of await Promise.allSettled(others)) {
      expect(other).toMatchObject({ status: 'rejected', reason: { message: 'rolled back' } });
    }
  }
  expect(await sql.unsafe('SELECT writer FROM driver_transactions')).toEqual([]);
});

test('a statement of a transaction that has ended is refused', async () => {
  const sql = open();
  let kept: postgres.TransactionSql | null = null;
  await sql.begin(async (inner) => {
    kept = inner;
    await inner.unsafe('SELECT 1');
  });
  await expect((kept as unknown as postgres.TransactionSql).unsafe('SELECT 1')).rejects.toThrow('is over');
  await expectTruth(sql);
});

test('a connection without a limit on its statements waits for an answer, and one with a long limit that long', async () => {
  for (const connection of [{}, { statement_timeout: 10_000 }]) {
    const sql = open(url, { connection });
    expect(await sql.unsafe('SELECT 1 AS one FROM pg_sleep(3)')).toEqual([{ one: 1 }]);
  }
});

test.each([1, 4, 8])('a row that is lost makes the connection a lost one: row %i', async (lost) => {
  const proxy = await faulty();
  const sql = open(proxy.url);
  const text = 'SELECT n, pg_backend_pid() AS pid FROM generate_series($1::integer, 8) AS n';
  const [before] = await sql.unsafe(text, [1]);
  proxy.judge(once(({ type, rows }) => type === 'D' && rows === lost, 'lose'));
  await expect(sql.unsafe(text, [1])).rejects.toMatchObject({ code: 'EPROTO' });
  const [after] = await sql.unsafe(text, [1]);
  expect(after?.pid).not.toBe(before?.pid);
  await expectTruth(sql);
});

test('all rows of a result that are lost', async () => {
  const proxy = await faulty();
  const sql = open(proxy.url);
  expect(await rowsOf(sql, 1, 1)).toEqual([1]);
  proxy.judge(({ type }) => (type === 'D' ? 'lose' : 'pass'));
  await expect(rowsOf(sql, 1, 1)).rejects.toMatchObject({ code: 'EPROTO' });
  proxy.judge(() => 'pass');
  await expectTruth(sql);
});

test('a server that breaks off in the middle of a result and goes on is believed about the next', async () => {
  const proxy = await faulty();
  const sql = open(proxy.url, { max: 2 });
  let seen = 0;
  proxy.judge(({ type, rows }) => (type === 'D' && rows === 5 && ++seen % 2 === 1 ? 'fail' : 'pass'));
  const answers = numbers(1, 200).map((n) => rowsOf(sql, n, n + (n % 8)).catch(({ code }: { code: string }) => code));
  for (const [at, answer] of (await Promise.all(answers)).entries()) {
    const n = at + 1;
    if (answer !== '57014') expect(answer).toEqual(numbers(n, n + (n % 8)));
  }
  expect(proxy.faults).toBeGreaterThan(10);
});

test('a database that wants encryption where there is none is not connected to', async () => {
  const secured = new URL(url);
  secured.searchParams.set('sslmode', 'require');
  const sql = openDriver(secured.href, { max: 1, connect_timeout: 2 });
  await expect(sql.unsafe('SELECT 1')).rejects.toThrow('does not offer TLS');
  await sql.end({ timeout: 0 });
  secured.searchParams.set('sslmode', 'sometimes');
  expect(() => openDriver(secured.href)).toThrow('sslmode must be one of disable');
});
