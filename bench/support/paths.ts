import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A path of the project, from its root. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

export const WORKFLOWS_PATH = projectPath('src/workflows/index.ts');
export const RESULTS_PATH = projectPath('bench/RESULTS.md');

/** Modules without state of their own or of the SDK's, so that all workflows of a worker may share them. */
export const DOMAIN_MODULES = [
  ...readdirSync(projectPath('src/domain')).map((name) => `src/domain/${name}`),
  'src/workflows/messages.ts',
  'src/workflows/operator-view.ts',
  'src/workflows/inbox.ts',
];
