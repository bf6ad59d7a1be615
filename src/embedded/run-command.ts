import { type ExecFileOptions, execFile } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @returns what it printed on stdout.
 * @throws Error with what it printed on stderr (or stdout, when that is empty) if it fails or cannot be started.
 */
export function runCommand(file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: 16 * 1024 * 1024, ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === 'ENOENT')
        return reject(new Error(`${file} was not found, or is built for another system`, { cause: error }));
      const said = stderr.trim() || stdout.trim();
      reject(new Error(said === '' ? error.message : `${file}: ${said}`, { cause: error }));
    });
  });
}
