/**
 * Storing commands that come for one order at the same time: one statement for many of them, because a statement each
 * costs a burst more than the burst's work does.
 */
import { sql } from 'drizzle-orm';
import { type Database, sqlState } from './client.ts';
import { type NewCommand, storeCommand } from './queries.ts';

/** Statements under way for one order and role; what comes meanwhile goes with the next. */
const AT_ONCE = 2;
/** UTF-16 units of JSON in one statement, unless a single command has more. */
const BATCH_MAX_LENGTH = 256 * 1_024;

interface Waiting {
  readonly row: NewCommand;
  readonly json: string;
  resolve(isStored: boolean): void;
  reject(error: unknown): void;
}

/** Of one order and role: whoever holds up a key of theirs holds up nobody else. */
interface Group {
  running: number;
  waiting: Waiting[];
}

/** By database, so that tests may have several services in one process. */
const groups = new WeakMap<Database, Map<string, Group>>();

/**
 * Stores a command as {@link storeCommand} does, with others of its order that come at the same time.
 *
 * @returns false when its id or idempotency key is there already
 */
export function storeAmongOthers(db: Database, row: NewCommand): Promise<boolean> {
  const ofDatabase = groups.get(db) ?? new Map<string, Group>();
  groups.set(db, ofDatabase);
  const key = `${row.role} ${row.orderId}`;
  const group = ofDatabase.get(key) ?? { running: 0, waiting: [] };
  ofDatabase.set(key, group);
  return new Promise((resolve, reject) => {
    group.waiting.push({ row, json: jsonOf(row), resolve, reject });
    if (group.running < AT_ONCE) void storeWaiting(db, group, () => ofDatabase.delete(key));
  });
}

/** Stores what waits until nothing does. Never rejects. */
async function storeWaiting(db: Database, group: Group, done: () => void): Promise<void> {
  group.running++;
  while (group.waiting.length > 0) await storeBatch(db, takeBatch(group.waiting));
  group.running--;
  if (group.running === 0) done();
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let [length, count] = [0, 0];
  for (const { json } of waiting) {
    length += json.length;
    if (count > 0 && length > BATCH_MAX_LENGTH) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function storeBatch(db: Database, batch: readonly Waiting[]): Promise<void> {
  const [first] = batch;
  try {
    if (first && batch.length === 1) return first.resolve(await storeCommand(db, first.row));
    const stored = await storeRows(db, batch);
    for (const { row, resolve } of batch) resolve(stored.delete(row.commandId));
  } catch (error) {
    // One that the database refuses, or that waits for a twin for too long, says nothing of the others.
    const isOfOne = batch.length > 1 && sqlState(error) !== null;
    await Promise.all(
      batch.map(({ row, resolve, reject }) => {
        return isOfOne ? storeCommand(db, row).then(resolve, reject) : reject(error);
      }),
    );
  }
}

/** @returns the ids that were not there; of two with one idempotency key, the first is stored */
async function storeRows(db: Database, batch: readonly Waiting[]): Promise<Set<string>> {
  // Sorted, so that two processes that store the same keys do not wait for each other.
  const stored = await db.execute<{ id: string }>(sql`insert into "commands" (command_id, merchant_id, mode, role,
      idempotency_key, fingerprint, order_id, payload, open, proof, claim_proof)
    SELECT r."commandId", r."merchantId", r.mode, r.role, r."idempotencyKey", decode(r.fingerprint, 'hex'), r."orderId",
      r.payload, r.open, decode(r.proof, 'hex'), decode(r."claimProof", 'hex')
    FROM jsonb_to_recordset(${`[${batch.map(({ json }) => json).join()}]`}::jsonb) AS r("commandId" text,
      "merchantId" text, mode text, role text, "idempotencyKey" text, fingerprint text, "orderId" text, payload jsonb,
      open boolean, proof text, "claimProof" text)
    ORDER BY r."idempotencyKey", r."commandId"
    ON CONFLICT DO NOTHING RETURNING command_id AS id`);
  return new Set(stored.map(({ id }) => id));
}

function jsonOf({ fingerprint, proof, claimProof, ...row }: NewCommand): string {
  const hex = (bytes: Buffer | null | undefined) => bytes?.toString('hex') ?? null;
  return JSON.stringify({ ...row, fingerprint: hex(fingerprint), proof: hex(proof), claimProof: hex(claimProof) });
}
