/**
 * Routes that ask something of an order's workflow. All of them do the same: read what is asked, find its subject, make the
 * command, and carry it out.
 */
import { typeid } from 'typeid-js';
import type { z } from 'zod';
import type { Command, CommandType } from '../domain/commands.ts';
import { milestoneIndexOf } from '../domain/ids.ts';
import { milestoneMissing, type OrderIdentity, requireMilestoneLocked, requireOrder } from './access.ts';
import type { Answer, AnsweredOrder } from './answers.ts';
import { actorOf, type Caller } from './caller.ts';
import { carryOut } from './carry-out.ts';
import { type Call, defineRoute, type Operation, type Route, type RouteDependencies } from './route.ts';
import { readTurnPreference } from './turn-taking.ts';

type CommandBase = Pick<Command, 'id' | 'actor' | 'receivedAt' | 'turnWaitMs'>;
type CommandOf<Type extends CommandType> = Extract<Command, { readonly type: Type }>;
/** What a command has of its own. */
export type FieldsOf<Type extends CommandType> = Omit<CommandOf<Type>, keyof CommandBase | 'type'>;

interface CommandOperation<Type extends CommandType, Body extends z.ZodObject, Subject> extends Operation {
  readonly command: Type;
  readonly body: Body;
  /** @throws ApiError when there is none, it is not the caller's, or its state cannot even be asked */
  subject(deps: RouteDependencies, call: Call, type: CommandType): Promise<Subject>;
  build(call: Call<z.output<Body>>, subject: Subject): FieldsOf<Type>;
  /** The body that counts as the same request. Default: as it was read. */
  asked?(body: z.output<Body>): object;
  /** How long it waits for its turn where the request does not say. Default: not at all. */
  waitMs?(deps: RouteDependencies): number;
  /** Waits for what the answer promises. */
  after?(deps: RouteDependencies, subject: Subject, answer: Answer): Promise<void>;
}

export function commandRoute<
  Type extends CommandType,
  Body extends z.ZodObject,
  Subject extends { readonly order: AnsweredOrder },
>(route: CommandOperation<Type, Body, Subject>): Route {
  const { subject: find, build, asked, waitMs, after, ...operation } = route;
  return defineRoute({
    ...(operation as Operation & { readonly body: Body }),
    async handle(deps, call) {
      const keyed = call.keyed(asked?.(call.body as z.output<Body>));
      const subject = await find(deps, call, route.command);
      const base = route.takesTurns ? turnTakingBase(call, waitMs?.(deps) ?? 0) : commandBase(call.caller);
      const fields = build(call as Call<z.output<Body>>, subject);
      const command = { ...base, type: route.command, ...fields } as unknown as Command;
      const answer = await carryOut(deps, { caller: call.caller, order: subject.order, command, keyed });
      await after?.(deps, subject, answer);
      return answer;
    },
  });
}

/** The base of a command that may wait for its turn; says in the response which preference applies. */
function turnTakingBase({ caller, request, response }: Call, defaultWaitMs: number): CommandBase {
  const { turnWaitMs, applied } = readTurnPreference(request.get('prefer'), defaultWaitMs);
  if (applied !== null) response.set('Preference-Applied', applied);
  return { ...commandBase(caller), turnWaitMs };
}

/** The base of a command that has no turn to wait for. */
export function commandBase(caller: Caller): CommandBase {
  return { id: typeid('cmd').toString(), actor: actorOf(caller), receivedAt: Date.now(), turnWaitMs: 0 };
}

/** Leaves out what was not given, so that nothing undefined is stored or signalled. */
export function withoutMissing<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };
}

/** The escrow order that the path names. */
export async function ofOrder(
  { db }: Pick<RouteDependencies, 'db'>,
  call: Pick<Call, 'caller' | 'id'>,
): Promise<{ readonly order: OrderIdentity }> {
  return { order: await requireOrder(db, call.caller, call.id('intentId')) };
}

/** The escrow order that the path names, which is paid by milestones. */
export async function ofLockedOrder(...[deps, call, type]: [RouteDependencies, Call, CommandType]) {
  const { order } = await ofOrder(deps, call);
  requireMilestoneLocked(order, type);
  return { order };
}

/**
 * The order and the position that a milestone's id stands for. Whether there is such a milestone is for the workflow
 * to say: with `handling=lenient` a command may wait for one that is yet to be created.
 */
export async function ofMilestone(...given: Parameters<typeof ofLockedOrder>) {
  const { order } = await ofLockedOrder(...given);
  const milestoneIndex = milestoneIndexOf(order.id, given[1].id('milestoneId'));
  if (milestoneIndex === null) throw milestoneMissing();
  return { order, milestoneIndex };
}
