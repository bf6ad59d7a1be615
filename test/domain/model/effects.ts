/** What an accepted command changes. Imports nothing from src. */
import { stakeOf } from './rules.ts';
import type { ModelMilestone, ModelState, Step } from './state.ts';

export function carryOut(order: ModelState, step: Step): void {
  const { kind, minor, seconds, index } = step;
  const milestone = order.milestones.get(index ?? -1);
  if (kind === 'fund') order.isFunded = true;
  if (kind === 'refund') order.paidUnallocated += minor ?? order.free;
  if (kind === 'create') create(order, index ?? -1, minor ?? 0n, step.due);
  if (kind === 'batch') for (const item of byIndex(step)) create(order, item.index, item.minor, item.due);
  if (kind === 'raise')
    order.dispute = { index, by: step.role, raised: order.clock, ends: order.clock + seconds * 1_000 };
  if (kind === 'withdraw') endDispute(order);
  if (kind === 'resolve') resolve(order, step);
  if (kind === 'advance') order.ahead += seconds * 1_000;
  const payout = order.payoutOf(index);
  if (kind === 'settle' && payout) payout.status = step.result;
  if (kind === 'retry' && payout) payout.status = 'PENDING';
  if (milestone) change(order, milestone, step);
  if (kind === 'close' || kind === 'abandon') close(order);
  else if (order.isFunded && order.remaining === 0n) order.end ??= 'COMPLETED';
}

function byIndex({ items }: Step) {
  return [...items].sort((a, b) => a.index - b.index);
}

function create(order: ModelState, index: number, minor: bigint, due: number | null): void {
  const blank = { paid: 0n, ends: null, isAnnounced: false, payout: null };
  order.milestones.set(index, { ...blank, minor, due, status: 'PENDING' });
}

function change(order: ModelState, milestone: ModelMilestone, step: Step): void {
  const { kind, role, minor, due, seconds } = step;
  const index = step.index ?? -1;
  const { rules } = order;
  if (kind === 'amend') {
    milestone.minor = minor ?? milestone.minor;
    milestone.due = due;
  }
  if (kind === 'drop') settle(milestone, 'CANCELLED');
  if (kind === 'remind') milestone.isAnnounced = true;
  if (kind === 'extend') giveTime(milestone, seconds * 1_000);
  if (kind === 'reopen') {
    Object.assign(milestone, { status: 'PENDING', ends: null, isAnnounced: false });
    if (milestone.due !== null && milestone.due <= order.clock) milestone.due = null;
    // What was handed in on time cannot be late because it was rejected, nor can what has to wait for it.
    const isByTheOther = rules.onOverdue === 'refund' && role !== 'merchant';
    for (const [at, one] of order.milestones)
      if (isByTheOther && at >= index && one.status === 'PENDING') one.due = null;
  }
  const isPaidAtOnce = kind === 'complete' && rules.releasesOnCompletion && rules.releaseBy === 'merchant';
  if (kind === 'complete' && !isPaidAtOnce) {
    milestone.status = 'COMPLETED';
    if (rules.inspectionSeconds !== null) milestone.ends = order.clock + rules.inspectionSeconds * 1_000;
  }
  if (kind === 'release' || isPaidAtOnce) {
    pay(milestone, (kind === 'release' ? minor : null) ?? milestone.minor);
  }
  if (kind === 'expire') {
    milestone.due = null;
    if (rules.onOverdue === 'refund') settle(milestone, order.isFunded ? 'REFUNDED' : 'CANCELLED');
  }
}

function settle(milestone: ModelMilestone, status: 'RELEASED' | 'CANCELLED' | 'REFUNDED'): void {
  Object.assign(milestone, { status, due: null, ends: null, isAnnounced: false });
}

function pay(milestone: ModelMilestone, minor: bigint): void {
  settle(milestone, 'RELEASED');
  milestone.paid = minor;
  milestone.payout = { status: 'PENDING', minor };
}

function giveTime(milestone: ModelMilestone, milliseconds: number): void {
  milestone.ends = (milestone.ends ?? 0) + milliseconds;
  milestone.isAnnounced = false;
}

function resolve(order: ModelState, { verdict, minor }: Step): void {
  const stake = stakeOf(order);
  const share = verdict === 'MERCHANT_WON' ? stake : verdict === 'BUYER_WON' ? 0n : (minor ?? 0n);
  const milestone = order.milestones.get(order.dispute?.index ?? -1);
  if (milestone) {
    if (share > 0n) pay(milestone, share);
    else settle(milestone, 'REFUNDED');
    endDispute(order);
    return;
  }
  order.paidUnallocated += stake;
  if (share > 0n) order.restPayout = { status: 'PENDING', minor: share };
  for (const [index, one] of order.milestones) if (order.isOpen(index)) settle(one, 'CANCELLED');
  order.dispute = null;
}

/** What was stopped has as much time left as when the dispute began; due dates are whole seconds, never less. */
function endDispute(order: ModelState): void {
  const { dispute, clock } = order;
  if (dispute === null) return;
  for (const [index, milestone] of order.milestones) {
    if (!order.isStopped(index) || clock === dispute.raised) continue;
    const { status, ends, due } = milestone;
    if (status === 'COMPLETED' && ends !== null && ends > dispute.raised) giveTime(milestone, clock - dispute.raised);
    if (order.isOpen(index) && due !== null && due >= dispute.raised) {
      milestone.due = Math.ceil((clock + (due - dispute.raised)) / 1_000) * 1_000;
    }
  }
  order.dispute = null;
}

function close(order: ModelState): void {
  order.end = 'CANCELLED';
  for (const milestone of order.milestones.values()) {
    if (milestone.status === 'PENDING') settle(milestone, 'CANCELLED');
    if (milestone.status === 'COMPLETED') settle(milestone, 'REFUNDED');
  }
  order.paidUnallocated += order.remaining;
}
