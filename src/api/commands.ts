/**
 * Routes of commands.
 */
import { requireBoundOrder } from './access.ts';
import { orderOfCommand, viewCommand } from './answers.ts';
import { commandRoute } from './command-route.ts';
import { ApiError } from './errors.ts';
import { command } from './order-shapes.ts';
import { PATHS } from './paths.ts';
import { defineRoute, type Route } from './route.ts';
import { cancelCommandBody } from './schemas.ts';
import { seesPayouts } from './views.ts';

export const COMMAND_ROUTES: readonly Route[] = [
  defineRoute({
    operationId: 'getCommand',
    method: 'get',
    path: PATHS.command,
    tag: 'Commands',
    summary: 'Read a command',
    description:
      'It is `PENDING` until its outcome is known and `HELD` while it waits for its turn. An `ACCEPTED` one has its answer in `result`, a `REJECTED` one in `error`.',
    successes: { 200: { description: 'The command', schema: command } },
    reasons: ['command_missing'],
    openToBoundKeys: true,
    async handle(deps, call) {
      const { caller } = call;
      const found = await viewCommand(deps, caller, call.id('commandId'));
      if (!found) throw new ApiError('command_missing');
      if (found.data.type.startsWith('payout.') && !seesPayouts(caller.role)) throw new ApiError('command_missing');
      requireBoundOrder(caller, found.data.escrowOrderId);
      return { status: 200, body: found };
    },
  }),
  commandRoute({
    operationId: 'cancelCommand',
    method: 'post',
    path: PATHS.cancelCommand,
    tag: 'Commands',
    summary: 'Withdraw a command that waits for its turn',
    description: 'For the role that sent it, and the operator.',
    body: cancelCommandBody,
    successes: { 200: { description: 'The command, `REJECTED`', schema: command } },
    reasons: ['command_missing'],
    command: 'command.cancel',
    openToBoundKeys: true,
    async subject(deps, call) {
      const order = await orderOfCommand(deps, call.caller, call.id('commandId'));
      if (!order) throw new ApiError('command_missing');
      requireBoundOrder(call.caller, order.id);
      return { order };
    },
    build: (call) => ({ targetCommandId: call.id('commandId') }),
  }),
];
