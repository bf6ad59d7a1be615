import type { Mode } from '../domain/terms.ts';

/** Whose objects are meant. Another mode's are as good as not there. */
export interface Owner {
  readonly merchantId: string;
  readonly mode: Mode;
}
