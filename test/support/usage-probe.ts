/** Loaded into a process before its main, so that a test can ask what it uses. Needs `--expose-gc` for steady numbers. */

export interface Usage {
  /** What is held after a garbage collection, in bytes. */
  readonly heldBytes: number;
  /** Processor time since the start, in milliseconds. */
  readonly processorMs: number;
}

process.on('message', (message) => {
  if (message !== 'usage') return;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ heldBytes: heapUsed + external, processorMs: (user + system) / 1_000 } satisfies Usage);
});
// The test is gone: so is what it measured.
process.on('disconnect', () => process.exit(1));
