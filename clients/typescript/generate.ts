/**
 * Writes src/generated from the repository's openapi.json: `npm run openapi` at the root, or `npm run generate` here.
 * A test fails when the files say anything else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const GENERATED = new URL('src/generated/', import.meta.url);
const HEADER = '// Written by generate.ts from openapi.json. Do not change by hand.\n\n';

/** The files by name: the types of the API, and the union of its reasons, which openapi-typescript does not read. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
  return {
    // A field with a default may be left out of a request.
    'api.ts': HEADER + astToString(await openapiTypescript(document, { alphabetize: true, defaultNonNullable: false })),
    'reasons.ts': `${HEADER}export const ERROR_REASONS = ${asLiteral([...reasonsIn(document)].sort())} as const;\n`,
  };
}

/** Every reason that any `x-error-reasons` names, wherever it stands. */
function reasonsIn(node: unknown): Set<string> {
  if (typeof node !== 'object' || node === null) return new Set();
  return new Set(
    Object.entries(node).flatMap(([key, value]) => (key === 'x-error-reasons' ? value : [...reasonsIn(value)])),
  );
}

function asLiteral(words: readonly string[]): string {
  return `[\n${words.map((word) => `  '${word}',\n`).join('')}]`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await generatedFiles())) writeFileSync(new URL(name, GENERATED), text);
}
