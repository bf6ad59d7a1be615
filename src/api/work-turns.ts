/**
 * Lets each merchant's requests work a few at a time; the rest stand in its line. All that are at work share one event
 * loop, so hundreds at once would be no faster, and others would be served once per round of all of them. Who waits for
 * an outcome, or for the outside, is not at work.
 */

/** More than the connections to the database that one merchant may have. */
const AT_WORK_MAX = 16;

interface Crew {
  atWork: number;
  readonly line: (() => void)[];
}

export class WorkTurns {
  private readonly crews = new Map<string, Crew>();

  /** Calls `begin` when a request of this merchant may work. */
  enter(merchantId: string, begin: () => void): void {
    const crew = this.crewOf(merchantId);
    const start = () => {
      crew.atWork++;
      begin();
    };
    if (crew.atWork < AT_WORK_MAX) start();
    else crew.line.push(start);
  }

  /** Goes on after a wait, without standing in line: it may hold what others wait for. */
  resume(merchantId: string): void {
    this.crewOf(merchantId).atWork++;
  }

  leave(merchantId: string): void {
    const crew = this.crewOf(merchantId);
    crew.atWork--;
    if (crew.atWork < AT_WORK_MAX) crew.line.shift()?.();
    if (crew.atWork === 0) this.crews.delete(merchantId);
  }

  private crewOf(merchantId: string): Crew {
    const crew = this.crews.get(merchantId) ?? { atWork: 0, line: [] };
    this.crews.set(merchantId, crew);
    return crew;
  }
}
