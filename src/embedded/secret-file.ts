import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from './files.ts';

/**
 * A secret that an instance makes once and then keeps, in a file that only its own user may read. Only the holder of
 * the home's lock may call it: two at once would make two.
 *
 * @param make makes the secret, as one line of text
 */
export function keptSecret(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileAtomically(path, make());
  return readFileSync(path, 'utf8').trim();
}
