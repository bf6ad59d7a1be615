/**
 * Carries out a change that is no command to an order, at most once a key: effect, answer and idempotency key commit
 * together or not at all, and a repeat is answered with the bytes that are stored.
 */
import { typeid } from 'typeid-js';
import { type Database, isContention } from '../db/client.ts';
import { findClaim, type NewCommand, type StoredAnswer, storeAnswer, storeCommand } from '../db/queries.ts';
import { withProofs } from '../proofs/stored-proofs.ts';
import type { Answer } from './answers.ts';
import { forgetIfExpired, replayed, replayedToTwin, requireSameRequest } from './carry-out.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';
import { amongTwins } from './twins.ts';

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
export type Writer = Database | Transaction;
type Work = (db: Writer, claimId: string) => Promise<Answer>;
type Dependencies = Pick<ApiDependencies, 'db' | 'proofs'>;

export interface Answered {
  readonly answer: Answer;
  /** The id that all requests of one idempotency key have in common. */
  readonly claimId: string;
  /** Whether the API key of this request is the one that asked first: what is secret in an answer is its alone. */
  readonly isAskers: boolean;
}

/** `askedBy`: the API key that asked first; null where that was not noted. */
type Claimed = Omit<Answered, 'isAskers'> & { readonly askedBy: string | null };

/** Forgetting an expired claim takes a round; a further one means that somebody else claimed the key in between. */
const CLAIM_ROUNDS_MAX = 3;

/**
 * @param work makes the change and its answer, which is stored and so must hold no secret. A refusal that it returns
 *   is final; what it throws undoes the change and stores nothing.
 * @throws ApiError when nothing was done and nothing is stored, or the key belongs to another request
 */
export async function answerOnce(deps: Dependencies, keyed: KeyedRequest | null, work: Work): Promise<Answered> {
  const { db } = deps;
  if (keyed !== null) {
    const { askedBy, ...claimed } = await amongTwins(db, keyed, () => answerClaimed(deps, keyed, work), toTwin);
    return { ...claimed, isAskers: askedBy === keyed.askedBy };
  }
  const claimId = typeid('cmd').toString();
  return { answer: await work(db, claimId), claimId, isAskers: true };
}

function toTwin({ answer, ...claimed }: Claimed): Claimed | null {
  const repeated = replayedToTwin(answer);
  return repeated && { answer: repeated, ...claimed };
}

async function answerClaimed({ db, proofs }: Dependencies, keyed: KeyedRequest, work: Work): Promise<Claimed> {
  const claimId = typeid('cmd').toString();
  for (let round = 0; round < CLAIM_ROUNDS_MAX; round++) {
    const answer = await db.transaction(async (tx) => {
      const claim = claimOf(keyed, claimId);
      if (!(await isClaimed(tx, claim))) return null;
      const made = await work(tx, claimId);
      const payload = { answer: storedForm(made), askedBy: keyed.askedBy };
      await storeAnswer(tx, withProofs({ ...claim, payload }, proofs));
      return made;
    });
    if (answer) return { answer, claimId, askedBy: keyed.askedBy };
    const claim = await findClaim(db, keyed.scope);
    if (!claim || (await forgetIfExpired({ db }, claim))) continue;
    requireSameRequest(proofs, claim, keyed);
    if (!('answer' in claim.payload)) throw new Error(`Claim ${claim.commandId} holds no answer`);
    const { answer: stored, askedBy = null } = claim.payload;
    return { answer: replayed(answerOf(stored)), claimId: claim.commandId, askedBy };
  }
  throw new ApiError('idempotency_in_progress');
}

/** Claims the key for this transaction; false when another one has committed it. */
async function isClaimed(tx: Transaction, claim: NewCommand): Promise<boolean> {
  try {
    return await storeCommand(tx, claim);
  } catch (cause) {
    // A twin has not committed for as long as the database lets us wait for it.
    if (isContention(cause)) throw new ApiError('idempotency_in_progress', { cause });
    throw cause;
  }
}

function claimOf({ scope, fingerprint }: KeyedRequest, claimId: string): NewCommand {
  return { commandId: claimId, ...scope, fingerprint, orderId: null, payload: PENDING, open: false };
}

/** Never seen by anybody: the answer takes its place before the claim is committed. */
const PENDING = { answer: { status: 0, body: '', headers: {} } };

function storedForm({ status, body, headers = {} }: Answer): StoredAnswer {
  return { status, body: JSON.stringify(body), headers };
}

function answerOf({ status, body, headers }: StoredAnswer): Answer {
  return { status, body: JSON.parse(body) as object, headers };
}
