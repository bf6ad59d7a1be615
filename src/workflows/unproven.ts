/** What is left of a command when nothing that it says of its sender is believed. */
import { type Actor, type Command, type InvalidCommand, isInvalid } from '../domain/commands.ts';
import type { Verdict } from './proofs.ts';

export type InboxCommand = Command | InvalidCommand;

/** What a command without id, actor or time gets. */
export interface Fallback {
  readonly id: string;
  readonly actor: Actor;
  readonly receivedAt: number;
}

/** Somebody at the Temporal UI or CLI, who did not say who they are. */
export const ANONYMOUS_OPERATOR: Actor = { role: 'operator', id: 'temporal' };

/** Ids and actors that nothing proves are apart from all others: nobody can use up the id of a command to come. */
const PREFIX = 'temporal/';
const COMMAND_ID_MAX_LENGTH = 128;
/** Ids that only the API makes. What it sent comes again, with its proof, so it must not be done without one. */
const OF_THE_API = /^cmd_/;

/** Whether the command says who sent it, what it is called, or when it was received: an earlier time would be before a deadline. */
export function claims({ id, actor, receivedAt }: InboxCommand, fallback: Fallback): boolean {
  const isAnonymous = actor.role === fallback.actor.role && actor.id === fallback.actor.id;
  return id !== fallback.id || !isAnonymous || receivedAt !== fallback.receivedAt;
}

/** The same as an operator's who signalled by hand; or as a refused one, where that would be wrong. */
export function unbelieved(command: InboxCommand, fallback: Fallback, verdict: Verdict): InboxCommand {
  const { type, actor: claimed } = command;
  const base = { id: idOf(command, fallback), actor: actorOf(claimed), receivedAt: fallback.receivedAt };
  const problem = problemOf(command, verdict);
  if (problem !== null) return { ...base, type, problem };
  if (isInvalid(command)) return { ...command, ...base };
  // A release that does not say by whom says that its sender did.
  const isBySender = command.type === 'milestone.release' && command.details?.releasedBy === claimed.id;
  return {
    ...command,
    ...base,
    ...(isBySender && { details: { ...command.details, releasedBy: base.actor.id } }),
  } as Command;
}

function problemOf(command: InboxCommand, verdict: Verdict): string | null {
  if (isInvalid(command)) return null;
  if (verdict === 'wrong') {
    return 'The proof of the command belongs to another command or order, or was made with another SECRETS_KEY';
  }
  if (command.actor.role === 'system') return 'actor must not have the role system: only Tranche itself acts as such';
  if (OF_THE_API.test(command.id)) return 'commandId is one of the API’s, without its proof. Choose another one';
  return null;
}

function idOf({ id }: InboxCommand, fallback: Fallback): string {
  const own = `${PREFIX}${id}`;
  return id === fallback.id || own.length > COMMAND_ID_MAX_LENGTH ? fallback.id : own;
}

function actorOf({ id }: Actor): Actor {
  return { role: 'operator', id: id === ANONYMOUS_OPERATOR.id ? id : `${PREFIX}${id}` };
}
