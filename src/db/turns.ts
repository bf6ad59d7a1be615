/**
 * Whose turn it is on a pool's connections. Statements wait in a line for each holder, and the lines take turns, so that
 * a merchant with a thousand statements holds up nobody but itself. One holder may not have all connections either:
 * its statements may be slow ones.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** How many of the connections one holder may have at a time. */
const HOLDER_SHARE = 3 / 4;
/** For what is nobody's: looking up keys, outcomes that all wait for, the sweeper. */
const SERVICE = '';

const holder = new AsyncLocalStorage<string>();

/** Runs work whose statements wait in the line of this holder; `null`: in the service's own. */
export function onBehalfOf<Result>(who: string | null, work: () => Result | Promise<Result>): Promise<Result> {
  // Awaited inside: Drizzle sends a statement only when somebody awaits it.
  return holder.run(who ?? SERVICE, async () => await work());
}

type Begin = () => void;

/** Lets as many statements and transactions at a time to the driver as it has connections. */
export class Turns {
  /** By holder, in the order in which they are served. Those with nobody in them are left out. */
  private readonly lines = new Map<string, Begin[]>();
  private readonly running = new Map<string, number>();
  private readonly holderMax: number;
  private free: number;

  constructor(connections: number) {
    this.free = connections;
    this.holderMax = Math.max(1, Math.floor(connections * HOLDER_SHARE));
  }

  /** Calls `begin` when it is its turn, with what is to be called when it is over. */
  take(begin: (give: () => void) => void): void {
    const who = holder.getStore() ?? SERVICE;
    const start = () => {
      this.free--;
      this.running.set(who, (this.running.get(who) ?? 0) + 1);
      begin(() => this.give(who));
    };
    const line = this.lines.get(who);
    if (this.free > 0 && this.mayRun(who)) start();
    else if (line) line.push(start);
    else this.lines.set(who, [start]);
  }

  /** To be called in a later turn of the event loop's queue than the driver's own work, which frees the connection. */
  private give(who: string): void {
    this.free++;
    const left = (this.running.get(who) ?? 1) - 1;
    if (left === 0) this.running.delete(who);
    else this.running.set(who, left);
    this.startNext();
  }

  private startNext(): void {
    for (const [who, line] of this.lines) {
      if (!this.mayRun(who)) continue;
      this.lines.delete(who);
      const start = line.shift();
      // To the end: the others come first now.
      if (line.length > 0) this.lines.set(who, line);
      start?.();
      break;
    }
  }

  private mayRun(who: string): boolean {
    return who === SERVICE || (this.running.get(who) ?? 0) < this.holderMax;
  }
}
