/**
 * A process that the bench starts, asks things, and ends by its pid.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Reply } from './parent.ts';
import { WrongAnswer } from './wrong-answer.ts';

const OUTPUT_KEPT = 4_000;
/** Longer than the service needs to drain. */
const STOP_TIMEOUT_MS = 25_000;

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Child {
  /** Rejects when the process ends unasked; never resolves. */
  readonly failed: Promise<never>;
  private readonly name: string;
  private readonly process: ChildProcess;
  private readonly asked = new Map<number, Asked>();
  private readonly exited: Promise<void>;
  private output = '';
  private nextId = 1;
  private stopping = false;

  /**
   * @param entry path of the program, relative to bench/
   * @param options.execArgv further arguments for node; tsx is always there
   */
  constructor(entry: string, options: { env?: Record<string, string>; execArgv?: readonly string[] } = {}) {
    this.name = entry;
    this.process = fork(fileURLToPath(new URL(`../${entry}`, import.meta.url)), {
      execArgv: ['--import', 'tsx', ...(options.execArgv ?? [])],
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-OUTPUT_KEPT);
      });
    }
    this.process.on('message', (reply: Reply) => this.receive(reply));
    this.exited = new Promise((resolve) => this.process.once('exit', () => resolve()));
    this.failed = this.exited.then(() => {
      const error = new Error(`${this.name} ended unasked. The end of its output:\n${this.output}`);
      for (const { reject } of this.asked.values()) reject(error);
      if (this.stopping) return new Promise<never>(() => {});
      throw error;
    });
    // Whoever waits for `failed` gets the error; this only keeps it from being unhandled until then.
    this.failed.catch(() => {});
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Asks the child, and waits for its answer however long it takes. */
  ask<Answer>(name: string, input?: unknown): Promise<Answer> {
    const id = this.nextId++;
    return new Promise<Answer>((resolve, reject) => {
      this.asked.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.process.send({ id, name, input }, (error) => error && reject(error));
    });
  }

  /** Asks the process to end, and kills it when it does not. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }

  private receive({ id, answer, error }: Reply): void {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (!error) asked?.resolve(answer);
    else if (error.name === WrongAnswer.name) asked?.reject(new WrongAnswer(error.message));
    else asked?.reject(new Error(`${this.name}: ${error.message}`));
  }
}
