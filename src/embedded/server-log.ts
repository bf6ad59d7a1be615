import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** A log that has grown above this size is set aside as `….1` at the next start, replacing the previous one. */
const ROTATE_ABOVE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 12;

/**
 * The file that takes a server's output. The server writes to the file itself rather than to a pipe held by this
 * process: a pipe would break with us, and a server left behind would die of it in the middle of its work.
 */
export class ServerLog {
  readonly path: string;
  /** File descriptor for the server's stdout and stderr. Close it once the server has been spawned. */
  readonly fd: number;
  readonly #firstByte: number;

  constructor(path: string) {
    this.path = path;
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`);
    this.fd = openSync(path, 'a', 0o600);
    this.#firstByte = fstatSync(this.fd).size;
  }

  closeDescriptor(): void {
    closeSync(this.fd);
  }

  /** The last lines written since this start, worded for the end of an error message. */
  quoteTail(): string {
    try {
      const lines = this.#readTail().trimEnd().split('\n').slice(-TAIL_LINES);
      if (lines.join('') === '') return `It wrote nothing to ${this.path}.`;
      return `The last lines of ${this.path}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
    } catch (error) {
      return `Its log cannot be read: ${(error as Error).message}.`;
    }
  }

  #readTail(): string {
    const fd = openSync(this.path, 'r');
    try {
      const { size } = fstatSync(fd);
      const from = Math.max(this.#firstByte, size - TAIL_BYTES);
      const bytes = Buffer.alloc(Math.max(0, size - from));
      readSync(fd, bytes, 0, bytes.length, from);
      return bytes.toString('utf8');
    } finally {
      closeSync(fd);
    }
  }
}
