/** Tables as the documents have them. */
const lineOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

export const tableOf = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  [lineOf(header), lineOf(header.map(() => '---')), ...rows.map(lineOf)].join('\n');
