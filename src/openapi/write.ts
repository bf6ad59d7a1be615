/** Writes openapi.json and docs/ERRORS.md: `npm run openapi`. */
import { writeFileSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { createApiDocument } from './document.ts';
import { errorGuide } from './error-guide.ts';
import { errorsMarkdown } from './errors-markdown.ts';

/** The document as it is committed. */
export function documentText(): string {
  return `${JSON.stringify(createApiDocument(packageJson.version), null, 2)}\n`;
}

/** docs/ERRORS.md as it is committed. */
export function errorsText(): string {
  return errorsMarkdown(errorGuide());
}

if (process.argv[1]?.endsWith('write.ts')) {
  writeFileSync('openapi.json', documentText());
  writeFileSync('docs/ERRORS.md', errorsText());
}
