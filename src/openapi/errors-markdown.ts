/** docs/ERRORS.md: the refusals as one table, for reading without a running service. */
import type { ErrorEntry } from './error-guide.ts';

const HEAD = `# Refusals

Written by \`npm run openapi\` from the tables that answer. The running service shows the same below \`/docs/errors\`, with the operations that may refuse so.

The header \`Error-Reason\` holds the reason, which never changes its name. Messages are examples where they depend on the request.

| status | reason | code, type | message | meaning | what to do |
|---|---|---|---|---|---|
`;

/** The page, ending with a line break. */
export function errorsMarkdown(entries: readonly ErrorEntry[]): string {
  const rows = entries.map(({ reason, status, code, type, message, meaning, remedy }) =>
    [String(status), `\`${reason}\``, `\`${code}\`, \`${type}\``, message, meaning, remedy].map(cell).join(' | '),
  );
  return `${HEAD}${rows.map((row) => `| ${row} |\n`).join('')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
