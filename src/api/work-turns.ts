/**
 * Lets what each merchant has under way work a few at a time while other merchants work, too; the rest stands in its line.
 * All that work at once share one event loop, or the same workers, so others would be served once per round of all of
 * them. A merchant that is alone has no limit. Who waits for long is not at work.
 */

/** What takes longer waits for something, be it its turn. */
export const BECOMES_WAITING_MS = 250;

/** So long after another merchant's work a merchant is alone. */
const ALONE_AFTER_MS = 1_000;

interface Crew<Subject> {
  /** What is at work, each with how many. */
  readonly atWork: Map<Subject, number>;
  /** What is not, in the order in which it came. */
  readonly line: Map<Subject, (() => void)[]>;
}

/** `Subject`: what is counted, however many work on it: they share its place. */
export class WorkTurns<Subject> {
  private readonly crews = new Map<string, Crew<Subject>>();
  private readonly maxBesideOthers: number;
  /** Who came last, and when; and who was the last before that was somebody else. */
  private latest = { merchantId: '', at: Number.NEGATIVE_INFINITY };
  private other = this.latest;

  /** @param maxBesideOthers subjects that a merchant works on at a time while others work */
  constructor(maxBesideOthers: number) {
    this.maxBesideOthers = maxBesideOthers;
  }

  /** Resolves when this merchant may work on the subject. */
  enter(merchantId: string, subject: Subject): Promise<void> | void {
    if (this.latest.merchantId !== merchantId) this.other = this.latest;
    this.latest = { merchantId, at: performance.now() };
    const crew = this.crewOf(merchantId);
    if (crew.atWork.has(subject) || crew.atWork.size < this.maxOf(merchantId)) return add(crew, subject, 1);
    return new Promise((begin) => {
      const line = crew.line.get(subject);
      if (line) line.push(begin);
      else crew.line.set(subject, [begin]);
    });
  }

  /** Goes on after a wait, without standing in line: it may hold what others wait for. */
  resume(merchantId: string, subject: Subject): void {
    add(this.crewOf(merchantId), subject, 1);
  }

  /** To be called once for each that entered or resumed. */
  leave(merchantId: string, subject: Subject): void {
    const crew = this.crewOf(merchantId);
    add(crew, subject, -1);
    const max = this.maxOf(merchantId);
    for (const [next, begins] of crew.line) {
      if (crew.atWork.size >= max) break;
      crew.line.delete(next);
      add(crew, next, begins.length);
      for (const begin of begins) begin();
    }
    if (crew.atWork.size === 0) this.crews.delete(merchantId);
  }

  private maxOf(merchantId: string): number {
    const other = this.latest.merchantId === merchantId ? this.other : this.latest;
    return performance.now() - other.at < ALONE_AFTER_MS ? this.maxBesideOthers : Number.POSITIVE_INFINITY;
  }

  private crewOf(merchantId: string): Crew<Subject> {
    const crew = this.crews.get(merchantId) ?? { atWork: new Map(), line: new Map() };
    this.crews.set(merchantId, crew);
    return crew;
  }
}

function add<Subject>({ atWork }: Crew<Subject>, subject: Subject, count: number): void {
  const sum = (atWork.get(subject) ?? 0) + count;
  if (sum === 0) atWork.delete(subject);
  else atWork.set(subject, sum);
}
