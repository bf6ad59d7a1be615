/**
 * Watches what is recorded while one party alone acts, and complains about money that goes to that party without a term
 * that says so. Told from the documents, not from src/domain, which it must not import but for types.
 *
 * Allowed is exactly this:
 *
 *   the merchant   releases, where `releaseBy` is merchant; and completes, where such an order releases by itself
 *   the merchant   is paid when an inspection ends: the buyer had the whole period, disputes not counted, to object
 *   the buyer      is refunded when a due date passes under `onOverdue: refund`: the merchant had until the date it gave,
 *                  disputes not counted, and nobody else rejected the work, or work before it, since
 *   either         is paid by `disputeDefault`, unless somebody's decision waits for its turn, at the end of a dispute that somebody else raised, and that was open for the
 *                  order's own window at least, or for the one that the operator chose
 *   either         is paid by what somebody else asked for before, and which only now has its turn; a milestone that was
 *                  there then is worth what it was
 */
import type { ActorRole } from '../../../src/domain/commands.ts';
import type { OrderEvent, ProposedEntry } from '../../../src/domain/outcomes.ts';
import { unitsOf } from '../support/units.ts';

export type Party = 'merchant' | 'buyer';

export interface Agreed {
  readonly inspectionSeconds: number | null;
  readonly releaseBy: Party;
  readonly onOverdue: 'event' | 'refund';
  readonly disputeDefault: 'MERCHANT_WON' | 'BUYER_WON';
  readonly windowSeconds: number;
  readonly isAutomatic: boolean;
}

/** A period of a milestone: since when it runs, and for how long disputes stopped it. */
interface Period {
  readonly since: number;
  stoppedMs: number;
}

interface Facts {
  amount: string;
  inspection: Period | null;
  due: (Period & { readonly date: number; isSpoilt: boolean }) | null;
}

interface OpenDispute {
  readonly index: number;
  readonly by: ActorRole;
  readonly at: number;
  readonly leastMs: number;
}

export class Watch {
  private readonly agreed: Agreed;
  private readonly milestones = new Map<number, Facts>();
  private dispute: OpenDispute | null = null;
  /** Of the arbiter and the operator: those that wait for their turn. */
  private readonly decisions = new Set<string>();
  /** What a milestone was worth when its release began to wait. */
  private readonly asked = new Map<string, bigint>();
  private lastType = '';
  /** How often money went to the party alone, by the term that allows it. */
  readonly allowed: string[] = [];

  constructor(agreed: Agreed) {
    this.agreed = agreed;
  }

  /** Follows an entry; answers what is wrong with it while `alone` acts alone, and nothing while nobody does. */
  see(entry: ProposedEntry, alone: Party | null): string | null {
    const complaint = alone === null ? null : this.complaintAbout(entry, alone);
    const isDecision =
      entry.commandType === 'dispute.resolve' && !['merchant', 'buyer', 'system'].includes(entry.actor.role);
    if (isDecision && entry.outcome === 'held') this.decisions.add(entry.commandId);
    else this.decisions.delete(entry.commandId);
    this.lastType = entry.outcome === 'accepted' ? entry.commandType : this.lastType;
    if (entry.outcome === 'held' && entry.command.type === 'milestone.release') {
      const { amount } = this.milestones.get(entry.command.milestoneIndex) ?? {};
      if (amount !== undefined) this.asked.set(entry.commandId, unitsOf(amount));
    }
    if (entry.outcome === 'accepted') {
      for (const event of entry.events) this.follow(event, entry.actor.role, entry.at);
    }
    return complaint;
  }

  private complaintAbout(entry: ProposedEntry, alone: Party): string | null {
    const { role } = entry.actor;
    if (entry.outcome === 'rejected') {
      const isVoid = this.decisions.has(entry.commandId) && this.lastType === 'dispute.withdraw';
      if (isVoid && entry.reason === 'dispute_missing') return `the ${role} had decided, and the dispute was withdrawn`;
      const isTakenAway = entry.reason === 'command_cancelled' && role !== alone;
      return isTakenAway ? `what the ${role} asked for was cancelled` : null;
    }
    const gain = entry.outcome === 'held' ? 0n : gainOf(entry.events, alone);
    if (entry.outcome === 'held' || gain === 0n) return null;
    if (role !== alone && role !== 'system') {
      const worth = this.asked.get(entry.commandId) ?? gain;
      return gain > worth ? `the ${role} asked for ${worth} and paid ${gain}` : this.allow(`asked for by the ${role}`);
    }
    const { commandType: type } = entry;
    if (role === alone) {
      const mayRelease = alone === 'merchant' && this.agreed.releaseBy === 'merchant';
      if (mayRelease && type === 'milestone.release') return this.allow('release');
      if (mayRelease && type === 'milestone.complete' && this.agreed.isAutomatic)
        return this.allow('automatic release');
      return `${alone} got ${gain} by ${type}`;
    }
    if (type === 'dispute.resolve') return this.complaintAboutDefault(alone, entry.at);
    const [index = -1] = entry.events.flatMap((event) => ('index' in event ? [event.index] : []));
    const facts = this.milestones.get(index);
    if (type === 'milestone.release') return this.complaintAboutInspection(facts?.inspection ?? null, entry.at);
    if (type === 'milestone.expire') return this.complaintAboutDate(facts?.due ?? null, entry.at);
    return `${alone} got money by the system's ${type}`;
  }

  private complaintAboutDefault(alone: Party, at: number): string | null {
    const { dispute } = this;
    if (dispute === null) return 'a default without a dispute';
    if (this.decisions.size > 0) return `the default paid the ${alone} although the dispute was decided`;
    if (dispute.by === alone) return `the default paid the ${alone}, who raised the dispute`;
    if (at - dispute.at < dispute.leastMs) return `the dispute was open for ${at - dispute.at} ms only`;
    return this.allow(`default for the ${alone}`);
  }

  private complaintAboutInspection(inspection: Period | null, at: number): string | null {
    const periodMs = (this.agreed.inspectionSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    if (inspection === null) return 'the end of an inspection that there was none of';
    const hadMs = at - inspection.since - inspection.stoppedMs;
    return hadMs < periodMs ? `the buyer had ${hadMs} ms of ${periodMs} to object` : this.allow('inspection');
  }

  private complaintAboutDate(due: Facts['due'], at: number): string | null {
    if (due === null || this.agreed.onOverdue !== 'refund') return 'a refund without a due date';
    if (due.isSpoilt) return 'a refund for work that somebody else rejected';
    const lacking = due.date + due.stoppedMs - at;
    return lacking > 0 ? `the merchant had ${lacking} ms less than it gave itself` : this.allow('due date');
  }

  private allow(by: string): null {
    this.allowed.push(by);
    return null;
  }

  private follow(event: OrderEvent, role: ActorRole, at: number): void {
    if (event.type === 'dispute.raised') {
      const seconds = role === 'operator' ? event.windowSeconds : this.agreed.windowSeconds;
      this.dispute = { index: event.milestoneIndex ?? 0, by: role, at, leastMs: seconds * 1_000 };
    }
    if (event.type === 'dispute.resolved' || event.type === 'dispute.withdrawn') this.resume(at);
    if ('index' in event) this.followMilestone(event, role, at);
  }

  private followMilestone(event: Extract<OrderEvent, { index: number }>, role: ActorRole, at: number): void {
    const facts = this.milestones.get(event.index) ?? { amount: '0', inspection: null, due: null };
    this.milestones.set(event.index, facts);
    const given = event.type === 'milestone.created' || event.type === 'milestone.amended' ? event.dueAt : undefined;
    if (given !== undefined)
      facts.due = given === null ? null : { date: given, since: at, stoppedMs: 0, isSpoilt: false };
    if (event.type === 'milestone.created' || event.type === 'milestone.amended') facts.amount = event.amount;
    if (event.type === 'milestone.completed') facts.inspection = { since: at, stoppedMs: 0 };
    if (event.type !== 'milestone.reopened') return;
    facts.inspection = null;
    if (event.dueAt === null) facts.due = null;
    // What comes after it cannot be completed before it.
    for (const [index, { due }] of this.milestones) {
      if (due && role !== 'merchant' && index >= event.index) due.isSpoilt = true;
    }
  }

  /** The dispute stopped each period from its beginning on, or from the period's own. */
  private resume(at: number): void {
    const { dispute } = this;
    this.dispute = null;
    if (dispute === null) return;
    for (const [index, { inspection, due }] of this.milestones) {
      if (index < dispute.index) continue;
      for (const period of [inspection, due]) {
        if (period) period.stoppedMs += at - Math.max(dispute.at, period.since);
      }
    }
  }
}

/** What of an entry's money goes to a party, in units of 10^-18. */
export function gainOf(events: readonly OrderEvent[], party: Party): bigint {
  const isMerchant = party === 'merchant';
  return events.reduce((sum, event) => {
    switch (event.type) {
      case 'milestone.released':
        return sum + unitsOf(isMerchant ? event.amount : (event.refundedAmount ?? '0.00'));
      case 'milestone.refunded':
      case 'escrow_order.refunded':
        return sum + (isMerchant ? 0n : unitsOf(event.amount));
      case 'escrow_order.cancelled':
        return sum + (isMerchant ? 0n : unitsOf(event.refundedAmount));
      case 'dispute.resolved':
        // About a milestone, the milestone's own events move it.
        if (event.milestoneIndex !== null) return sum;
        return sum + unitsOf(isMerchant ? event.merchantAmount : event.buyerAmount);
      default:
        return sum;
    }
  }, 0n);
}
