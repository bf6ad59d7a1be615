/**
 * What all commands that come by HTTP have in common.
 */
import type { Request, Response } from 'express';
import { typeid } from 'typeid-js';
import { actorOf, type Caller } from './auth.ts';
import { readTurnPreference } from './turn-taking.ts';

/** The base of a command that may wait for its turn; says in the response which preference applies. */
export function newCommand(caller: Caller, request: Request, response: Response, defaultWaitMs: number) {
  const { turnWaitMs, applied } = readTurnPreference(request.get('prefer'), defaultWaitMs);
  if (applied !== null) response.set('Preference-Applied', applied);
  return { ...unwaitingCommand(caller), turnWaitMs };
}

/** The base of a command that has no turn to wait for. */
export function unwaitingCommand(caller: Caller) {
  return { id: typeid('cmd').toString(), actor: actorOf(caller), receivedAt: Date.now(), turnWaitMs: 0 };
}

/** Leaves out what was not given, so that nothing undefined is stored or signalled. */
export function withoutMissing<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };
}
