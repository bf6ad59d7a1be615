import { accessSync, constants, statSync } from 'node:fs';
import { runCommand } from './run-command.ts';

/** Whether a path names a file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Why a program is not a Temporal CLI that runs on this machine, in words; undefined when it is one. */
export async function whyNotTemporal(path: string): Promise<string | undefined> {
  try {
    const said = (await runCommand(path, ['--version'], { timeout: 10_000 })).trim();
    return said.startsWith('temporal version ') ? undefined : `"--version" printed "${said.slice(0, 80)}"`;
  } catch (error) {
    return (error as Error).message;
  }
}
