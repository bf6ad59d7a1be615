/** The files that the pages load: our own, and of Swagger UI only the two that are needed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_FOLDER = fileURLToPath(new URL('./assets', import.meta.url));
const SWAGGER_FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const FILES: ReadonlyMap<string, string> = new Map([
  ...['reference.js', 'reference.css', 'errors.css', 'icon.svg'].map((name) => [name, join(OWN_FOLDER, name)] as const),
  ...['swagger-ui-bundle.js', 'swagger-ui.css'].map((name) => [name, join(SWAGGER_FOLDER, name)] as const),
]);

/** The files, under an address that changes with what is in them: browsers may keep them for ever. */
export interface Assets {
  /** By name: where it is served. */
  addressOf(name: string): string;
  /** The file's path; null for what is not served, or not any more. */
  fileOf(edition: string, name: string): string | null;
}

/** Reads all files once. */
export function readAssets(): Assets {
  const hash = createHash('sha256');
  for (const path of FILES.values()) hash.update(readFileSync(path));
  const current = hash.digest('hex').slice(0, 16);
  return {
    addressOf: (name) => `/docs/assets/${current}/${name}`,
    fileOf: (edition, name) => (edition === current ? (FILES.get(name) ?? null) : null),
  };
}
