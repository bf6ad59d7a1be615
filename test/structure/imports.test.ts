/** Each folder imports what it may and nothing else, no files import each other, and the picture of it is true. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALLOWED, circles, drawn, folderImports, importsOf, placeOf } from '../../scripts/imports.ts';

const imports = importsOf();

test('every folder has its list, and imports what is on it', () => {
  const folders = new Set([...imports.keys()].filter((file) => file.includes('/')).map(placeOf));
  expect([...folders].sort()).toEqual(Object.keys(ALLOWED).sort());
  const found = folderImports(imports);
  for (const folder of folders) {
    expect([folder, ...[...(found.get(folder) ?? [])].sort()]).toEqual([
      folder,
      ...[...(ALLOWED[folder] ?? [])].sort(),
    ]);
  }
});

test('files that import each other are found, and there are none', () => {
  const planted = new Map([...imports, ['a.ts', ['b.ts']], ['b.ts', ['domain/money.ts', 'c.ts']], ['c.ts', ['a.ts']]]);
  expect(circles(planted).map(([first]) => first)).toEqual(['a.ts', 'b.ts', 'c.ts']);
  const found = circles(imports);
  expect(found).toEqual([]);
});

test('docs/ARCHITECTURE.md shows what the code imports', () => {
  const document = readFileSync('docs/ARCHITECTURE.md', 'utf8');
  expect(document).toBe(drawn(document));
});
