/**
 * `node --import tsx scripts/imports.ts` draws which folder of src imports which into docs/ARCHITECTURE.md. A test holds the
 * picture against the code, and the code against {@link ALLOWED}.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';

const DOCUMENT = 'docs/ARCHITECTURE.md';
const [BEGIN, END] = ['<!-- imports -->', '<!-- /imports -->'];

/** What each folder may import of the others; files that lie in src itself stand for themselves. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  settlement: ['domain'],
  webhooks: ['secrets-key'],
  db: ['domain'],
  proofs: ['db', 'domain', 'secrets-key'],
  workflows: ['activities', 'domain'],
  activities: ['db', 'domain', 'proofs', 'secrets-key', 'settlement', 'telemetry', 'webhooks'],
  temporal: ['db', 'domain', 'secrets-key', 'workflows'],
  verify: ['db', 'domain'],
  reconcile: ['activities', 'db', 'domain', 'temporal', 'workflows'],
  telemetry: ['activities', 'config', 'db', 'verify', 'webhooks'],
  worker: ['activities', 'db', 'proofs', 'secrets-key', 'temporal', 'webhooks'],
  api: ['config', 'db', 'domain', 'proofs', 'secrets-key', 'settlement', 'telemetry', 'temporal', 'webhooks'],
  openapi: ['api', 'domain'],
  reference: ['api', 'openapi'],
  main: [
    ...['activities', 'api', 'config', 'db', 'domain', 'proofs', 'reconcile', 'reference', 'secrets-key', 'settlement'],
    ...['telemetry', 'temporal', 'verify', 'webhooks', 'worker'],
  ],
  embedded: ['api', 'config', 'db', 'domain', 'main', 'proofs', 'secrets-key', 'telemetry', 'worker', 'workflows'],
};

/** Each file of src with those that it imports, types included. */
export function importsOf(folder = 'src'): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
      const found = text.matchAll(/(?:^|\n)(?:import|export)\s[^;]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g);
      return [file, [...found].map(([, one, late]) => normalize(join(dirname(file), one ?? late ?? '')))];
    }),
  );
}

/** The folder, or the name of a file that lies in none. */
export function placeOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? file) : file.replace(/\.ts$/, '');
}

/** By folder, the others that it imports. */
export function folderImports(imports: ReadonlyMap<string, readonly string[]>): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  for (const [file, others] of imports) {
    const from = placeOf(file);
    for (const to of others.filter((other) => !other.startsWith('..')).map(placeOf)) {
      if (to !== from) places.set(from, (places.get(from) ?? new Set()).add(to));
    }
  }
  return places;
}

/** Files that import each other, however long the way; what is only loaded when it is asked for counts, too. */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map<string, Set<string>>();
  const reach = (file: string): Set<string> => {
    const known = reached.get(file);
    if (known) return known;
    const all = new Set<string>();
    const next = [...(imports.get(file) ?? [])];
    for (let other = next.pop(); other !== undefined; other = next.pop()) {
      if (all.has(other)) continue;
      all.add(other);
      next.push(...(imports.get(other) ?? []));
    }
    reached.set(file, all);
    return all;
  };
  const found = [...imports.keys()].filter((file) => reach(file).has(file));
  return found.map((file) => [file, ...found.filter((other) => other !== file && reach(file).has(other))]);
}

/** A Mermaid chart of the folders, which forges draw. */
export function chart(): string {
  const places = folderImports(importsOf());
  const lines = Object.keys(ALLOWED).flatMap((from) =>
    [...(places.get(from) ?? [])]
      .filter((to) => to in ALLOWED)
      .sort()
      .map((to) => `  ${from} --> ${to}`),
  );
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

/** The document with the chart of today. */
export function drawn(document: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCUMENT} has no place for the chart: ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${chart()}\n${END}${after}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(DOCUMENT, drawn(readFileSync(DOCUMENT, 'utf8')));
}
