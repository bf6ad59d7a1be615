/** Writes openapi.json: `npm run openapi`. */
import { writeFileSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { createApiDocument } from './document.ts';

/** The document as it is committed. */
export function documentText(): string {
  return `${JSON.stringify(createApiDocument(packageJson.version), null, 2)}\n`;
}

if (process.argv[1]?.endsWith('write.ts')) writeFileSync('openapi.json', documentText());
