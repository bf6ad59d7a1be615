/**
 * Takes one command from the request to its answer: claims its idempotency key, has the gateway send it, and
 * answers what was recorded.
 *
 * A claim is a row in `commands`. It is committed before the command is sent, so whoever repeats the request finds
 * the command's id and waits for the same outcome; nothing here can give one key two effects. By its age, on
 * the database's clock, a claim is
 *
 *   up to 2.5 s   its maker's alone, who may withdraw it when the command surely was not sent
 *   from 3 s on   anybody's to send again: repeats take over, the sweeper does, and so nobody may withdraw it
 *   after 30 days forgotten, and its key may be used for something else
 */
import { storeAmongOthers } from '../db/command-store.ts';
import {
  type Claim,
  findClaim,
  forgetClaim,
  type NewCommand,
  replaceCommand,
  storeCommand,
  withdrawClaim,
} from '../db/queries.ts';
import type { Command } from '../domain/commands.ts';
import { type StoredCommand, type StoredProofs, withProofs } from '../proofs/stored-proofs.ts';
import { type Answer, type AnsweredOrder, answerTo, pendingAnswer } from './answers.ts';
import type { Caller } from './caller.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, isFinalRefusal } from './errors.ts';
import type { KeyedRequest } from './idempotency.ts';
import type { Submission } from './submission.ts';
import { amongTwins } from './twins.ts';

const WITHDRAW_BEFORE_MS = 2_500;
const TAKE_OVER_AFTER_MS = 3_000;
const RETENTION_MS = 30 * 24 * 60 * 60 * 1_000;
/** Each further round means that somebody else changed the claim in between. */
const CLAIM_ROUNDS_MAX = 5;

export interface CommandRequest {
  readonly caller: Caller;
  readonly order: AnsweredOrder;
  readonly command: Command;
  /** Null for a request without an idempotency key. */
  readonly keyed: KeyedRequest | null;
  /** Something that cannot be undone was done for it, so it is never given up: at worst it is sent later. */
  readonly isOwed?: boolean;
}

type Dependencies = Pick<ApiDependencies, 'db' | 'gateway' | 'config' | 'tracing' | 'places' | 'proofs'>;

/**
 * Carries out a command, at most once a key.
 *
 * @throws ApiError when nothing was done and nothing is stored, or the key belongs to another request
 */
export async function carryOut(deps: Dependencies, request: CommandRequest): Promise<Answer> {
  const { command, keyed } = request;
  if (keyed === null) return ofCommand(command.id, await sendFirst(deps, request, false));
  const work = () => carryOutClaimed(deps, request, keyed);
  return amongTwins(deps.db, keyed, work, replayedToTwin, (wait) => deps.places.whileWaiting(request.caller, wait));
}

async function carryOutClaimed(deps: Dependencies, request: CommandRequest, keyed: KeyedRequest): Promise<Answer> {
  const { command } = request;
  const startedAt = Date.now();
  for (let round = 0; round < CLAIM_ROUNDS_MAX; round++) {
    const row = claimOf(deps, request, keyed);
    if (await storeAmongOthers(deps.db, row)) return ofCommand(command.id, await sendFirst(deps, request, true));
    const claim = await findClaim(deps.db, keyed.scope);
    const answer = claim && (await repeat(deps, request, keyed, claim, startedAt));
    if (answer) return ofCommand(claim.commandId, answer);
  }
  throw new ApiError('idempotency_in_progress');
}

/**
 * Says which command an answer is of: the one id that is also in the order's log, in Temporal and in our logs. An
 * answer that says so already is of a command that took the claimed one's place.
 */
function ofCommand(commandId: string, answer: Answer): Answer {
  return { ...answer, headers: { 'Command-Id': commandId, ...answer.headers } };
}

/** What the twin of a request is answered; null where it has to ask again. A 202 is no outcome, and so no replay. */
export function replayedToTwin(answer: Answer): Answer | null {
  if (answer.status >= 500 || answer.status === 404) return null;
  return answer.status === 202 ? answer : replayed(answer);
}

/** Marks an answer that was given before. */
export function replayed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

/** @throws ApiError when the claim was made by another request, or not by this service */
export function requireSameRequest(
  proofs: StoredProofs | null,
  claim: Claim,
  { scope, fingerprint }: KeyedRequest,
): void {
  if (proofs?.proveClaim({ ...claim, ...scope }) === false) {
    throw new ApiError('idempotency_key_reused', { message: UNPROVEN_CLAIM });
  }
  if (!claim.fingerprint?.equals(fingerprint)) throw new ApiError('idempotency_key_reused');
}

const UNPROVEN_CLAIM =
  'Idempotency-Key was claimed by a process of an older version, or under another SECRETS_KEY, so what came of it is not known. Look for what the request was to do, and send it under another key if it was not done';

/** Forgets a claim whose key may be used again; false while it may not. */
export async function forgetIfExpired(deps: Pick<Dependencies, 'db'>, claim: Claim): Promise<boolean> {
  if (claim.ageMs <= RETENTION_MS) return false;
  await forgetClaim(deps.db, claim.commandId, RETENTION_MS);
  return true;
}

/** Sends a command of our own. `claimed`: it is stored already. */
async function sendFirst(deps: Dependencies, request: CommandRequest, claimed: boolean): Promise<Answer> {
  const { order, command } = request;
  const submission = await submit(deps, request, command, patienceMs(deps, command), true);
  switch (submission.kind) {
    case 'recorded':
      return answerTo(deps.db, order, submission.entry);
    case 'unclear':
      if (!claimed) await storePending(deps, rowOf(deps, request));
      return pendingAnswer(order, command);
    case 'unreachable':
    case 'overloaded':
      if (request.isOwed) {
        if (!claimed) await storePending(deps, rowOf(deps, request));
        return pendingAnswer(order, command);
      }
      // A claim too old to withdraw is sent by others by now: it may still happen, so this is no refusal.
      if (claimed && !(await withdrawClaim(deps.db, command.id, WITHDRAW_BEFORE_MS))) {
        return pendingAnswer(order, command);
      }
      throw new ApiError(submission.kind === 'unreachable' ? 'workflow_unreachable' : 'order_overloaded');
  }
}

/** Answers a request whose key is claimed; null when the claim is gone or changed, and has to be looked at again. */
async function repeat(
  deps: Dependencies,
  request: CommandRequest,
  keyed: KeyedRequest,
  claim: Claim,
  startedAt: number,
): Promise<Answer | null> {
  if (await forgetIfExpired(deps, claim)) return null;
  requireSameRequest(deps.proofs, claim, keyed);
  const { entry, payload } = claim;
  if (!('type' in payload)) throw new Error(`Command ${claim.commandId} is for an order but holds no command`);
  if (entry && entry.outcome !== 'held') {
    if (entry.reason === null || isFinalRefusal(entry.reason)) {
      return replayed(await answerTo(deps.db, request.order, entry));
    }
    const replaced = await replaceCommand(deps.db, claim.commandId, claimOf(deps, request, keyed));
    return replaced ? ofCommand(request.command.id, await sendFirst(deps, request, true)) : null;
  }
  if (entry && payload.turnWaitMs === null) return answerTo(deps.db, request.order, entry);
  const patience = Math.max(0, startedAt + patienceMs(deps, payload) - Date.now());
  return waitForOther(deps, request, { ...claim, payload }, patience);
}

/** Waits for a command that somebody else sends, or should have sent by now. */
async function waitForOther(
  deps: Dependencies,
  request: CommandRequest,
  claim: StoredCommand & { readonly ageMs: number },
  patience: number,
): Promise<Answer | null> {
  const { order } = request;
  const { payload: command, ageMs } = claim;
  const takesOver = ageMs >= TAKE_OVER_AFTER_MS && (deps.proofs?.prove(order.id, claim) ?? true);
  const waitMs = takesOver ? patience : Math.min(patience, TAKE_OVER_AFTER_MS - ageMs);
  const submission = await submit(deps, request, command, waitMs, takesOver);
  if (submission.kind === 'recorded') {
    const answer = await answerTo(deps.db, order, submission.entry);
    return submission.entry.outcome === 'held' ? answer : replayed(answer);
  }
  if (takesOver || waitMs === patience) return pendingAnswer(order, command);
  if (submission.kind === 'overloaded') throw new ApiError('idempotency_in_progress');
  return null;
}

function submit(
  deps: Dependencies,
  { caller, order }: CommandRequest,
  command: Command,
  waitMs: number,
  send: boolean,
): Promise<Submission> {
  const untilHeld = command.turnWaitMs === null;
  const attributes = { 'tranche.order.id': order.id, 'tranche.command.ids': [command.id] };
  return deps.tracing.span(`await ${command.type}`, attributes, () =>
    deps.places.whileWaiting(caller, (patience) =>
      deps.gateway.submit(order.id, command, { merchantId: caller.merchantId, waitMs, untilHeld, send, patience }),
    ),
  );
}

/** How long a request waits for a command's outcome: its turn may come at the very end of its wait. */
function patienceMs({ config }: Pick<Dependencies, 'config'>, command: Command): number {
  return config.commandWaitMs + (command.turnWaitMs ?? 0);
}

function rowOf({ proofs }: Dependencies, { caller, order, command }: CommandRequest): NewCommand {
  const { merchantId, mode, role } = caller;
  const row = { commandId: command.id, merchantId, mode, role, orderId: order.id, payload: command, open: true };
  return withProofs(row, proofs);
}

function claimOf(deps: Dependencies, request: CommandRequest, { scope, fingerprint }: KeyedRequest): NewCommand {
  return withProofs({ ...rowOf(deps, request), ...scope, fingerprint }, deps.proofs);
}

async function storePending(deps: Dependencies, row: NewCommand): Promise<void> {
  try {
    await storeCommand(deps.db, row);
  } catch (cause) {
    // The command was sent and may happen, and there is nowhere to say so: the client has to look for itself.
    throw new ApiError('outcome_unknown', { internal: `Command ${row.commandId} could not be stored`, cause });
  }
}
