import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EndStep, endProcess, identifyProcess } from './process-identity.ts';
import { ServerLog } from './server-log.ts';
import type { ServerState } from './server-state.ts';

/** How one server is started and ended. */
export type ServerSpec = {
  /** Name used in messages. */
  name: string;
  file: string;
  args: readonly string[];
  /** The whole environment of the server; nothing is inherited, as PG… and TEMPORAL_… variables would change it. */
  env: Record<string, string>;
  cwd: string;
  /** User to run as, when this process is root and the server refuses to be. */
  uid?: number | undefined;
  gid?: number | undefined;
  logPath: string;
  stopSteps: readonly EndStep[];
  state: Pick<ServerState, 'rememberProcess' | 'forgetProcess'>;
};

const PROBE_PAUSE_MS = 25;

/** A server running as our child, in a process group of its own. */
export class ServerProcess {
  /** Rejects when the server ends without having been asked to; never resolves. */
  readonly failed: Promise<never>;
  readonly #spec: ServerSpec;
  readonly #child: ChildProcess;
  readonly #log: ServerLog;
  #stopping: Promise<void> | undefined;

  private constructor(spec: ServerSpec, child: ChildProcess, log: ServerLog) {
    this.#spec = spec;
    this.#child = child;
    this.#log = log;
    // If this process exits without stop() (an uncaught error, say), the server is at least asked to end. It finishes
    // on its own; a start which comes earlier than that finds it through the state file and waits for it.
    const askToEnd = () => child.kill(spec.stopSteps[0]?.signal);
    process.once('exit', askToEnd);
    this.failed = new Promise((_resolve, reject) => {
      child.once('exit', (code, signal) => {
        process.off('exit', askToEnd);
        spec.state.forgetProcess();
        if (this.#stopping === undefined) reject(new Error(this.#describeEnd(code, signal)));
      });
    });
    // Whoever awaits `failed` still gets the rejection; this only keeps it from being reported as unhandled before.
    this.failed.catch(() => {});
  }

  /**
   * Spawns a server and notes its process in the state file.
   *
   * @throws Error when the program cannot be started at all.
   */
  static async spawn(spec: ServerSpec): Promise<ServerProcess> {
    const log = new ServerLog(spec.logPath);
    const child = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', log.fd, log.fd],
      // Its own session: Ctrl-C in the terminal signals the foreground group only, so the server outlives it until
      // the worker and the API have been shut down in order.
      detached: true,
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (identity !== undefined) spec.state.rememberProcess(identity);
    log.closeDescriptor();
    if (child.pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error];
      throw new Error(`${spec.name} could not be started from ${spec.file}: ${error.message}`, { cause: error });
    }
    return new ServerProcess(spec, child, log);
  }

  /**
   * Asks `probe` until it is content.
   *
   * @param probe returns true when the server is ready and false to be asked again; an error it throws is final.
   * @throws Error with the last log lines when the server ends or the time is over; the signal's reason when aborted.
   */
  async waitUntilReady(probe: () => Promise<boolean>, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const giveUpAt = Date.now() + timeoutMs;
    while (!(await Promise.race([probe(), this.failed]))) {
      signal?.throwIfAborted();
      if (Date.now() >= giveUpAt) {
        throw new Error(`${this.#spec.name} was not ready after ${timeoutMs / 1000} s. ${this.#log.quoteTail()}`);
      }
      await sleep(PROBE_PAUSE_MS);
    }
  }

  /** Ends the server, within the sum of its stop steps. Further calls wait for the first one. */
  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    // Node reaps the child in the event loop, so until one of these is set its pid cannot have passed to another.
    const isRunning = () => child.exitCode === null && child.signalCode === null;
    await endProcess(child.pid as number, isRunning, this.#spec.stopSteps);
    this.#spec.state.forgetProcess();
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return `${this.#spec.name} (process ${this.#child.pid}) ended unexpectedly with ${how}. ${this.#log.quoteTail()}`;
  }
}
