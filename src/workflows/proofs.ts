/**
 * What a workflow learns of the proofs of what arrives. The codec outside the sandbox (`src/temporal/proof-codec.ts`)
 * checks them and notes its verdict in the payload's metadata; the payload converter hands it on under a symbol, which no
 * JSON can hold. Imports nothing: both sides use it.
 */

/** Metadata of a payload. The verdict is the codec's own: what arrives under its name is thrown away. */
export const PROOF_METADATA = {
  orderId: 'tranche-order',
  /** The command's type, or {@link CARRIED_INBOX}. */
  type: 'tranche-type',
  mac: 'tranche-mac',
  verdict: 'tranche-verdict',
  /** Asks the worker's codec to prove what the workflow carries into its next run. */
  request: 'tranche-prove',
} as const;

/** What the proof of a carried inbox is for, in the place of a command's type. */
export const CARRIED_INBOX = 'inbox';

/** `none`: it came without a proof. `wrong`: its proof belongs to something else, or to another key. */
export type Verdict = 'proven' | 'none' | 'wrong';

const VERDICT = Symbol.for('tranche.verdict');
const CARRIED = Symbol.for('tranche.carried');

/** @param verdict as {@link verdictText} makes it */
export function noteVerdict(value: unknown, verdict: string): void {
  if (typeof value === 'object' && value !== null) Object.defineProperty(value, VERDICT, { value: verdict });
}

/** How the codec says that something was proven for this order and type. */
export function verdictText(orderId: string, type: string): string {
  return `${orderId}\n${type}`;
}

export function verdictOf(value: unknown, orderId: string, type: string): Verdict {
  const noted: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, VERDICT) : undefined;
  if (noted === undefined) return 'none';
  return noted === verdictText(orderId, type) ? 'proven' : 'wrong';
}

/** Whether something was proven for this order, as whatever it may be. */
export function isProven(value: unknown, orderId: string): boolean {
  const noted: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, VERDICT) : undefined;
  return typeof noted === 'string' && noted.startsWith(verdictText(orderId, ''));
}

/** Marks what a workflow carries into its next run, so that it is proven on its way. */
export function toBeProven<Value extends object>(value: Value, orderId: string): Value {
  return Object.defineProperty(value, CARRIED, { value: orderId });
}

/** The order whose run carries this value along; undefined for all else. */
export function carrierOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, CARRIED) as string | undefined) : undefined;
}

const PROBLEM = Symbol.for('tranche.unreadable');

/** What the converter makes of a payload that it cannot read. */
export function unreadable(problem: string): object {
  return { [PROBLEM]: problem };
}

/** Why something could not be read; undefined for what could. */
export function problemOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, PROBLEM) as string | undefined) : undefined;
}
