/**
 * Commands that wait for their turn: what is kept with each, and in which order they go.
 */
import type { Command } from './commands.ts';
import type { EscrowOrder, HeldCommand } from './escrow-order.ts';

/**
 * What others could change while a command waits is recorded with it. A release is of what its milestone is worth now: the
 * merchant could raise that, and be paid more than the sender knew of. A decision of the arbiter or the operator stands:
 * a party could take the dispute away from under it, or let it run into its default.
 */
export function appraised({ milestones }: EscrowOrder, command: Command): Command {
  const { role } = command.actor;
  if (command.type === 'dispute.resolve' && (role === 'arbiter' || role === 'operator')) {
    return { ...command, isDecision: true };
  }
  if (command.type !== 'milestone.release' || role === 'merchant') return command;
  const worth = milestones[command.milestoneIndex]?.amount;
  return worth === undefined ? command : { ...command, worth };
}

/** Ascending by index, and for one index in the order of a milestone's life. */
export function inTurn({ held, dispute }: EscrowOrder): HeldCommand[] {
  const indexOf = (command: Command) => {
    if (command.type === 'dispute.resolve') return dispute?.milestoneIndex ?? 0;
    return 'milestoneIndex' in command ? (command.milestoneIndex ?? 0) : 0;
  };
  return [...held].sort(({ command: a }, { command: b }) => indexOf(a) - indexOf(b) || rankOf(a) - rankOf(b));
}

/** What can follow on one milestone comes later, so that one pass sees each command after what it waits for. */
const RANK: readonly Command['type'][] = [
  'milestone.create',
  'dispute.raise',
  'milestone.amend',
  'milestone.cancel',
  'milestone.complete',
  'milestone.extend',
  'milestone.reopen',
  'milestone.release',
];

function rankOf(command: Command): number {
  return RANK.indexOf(command.type);
}
