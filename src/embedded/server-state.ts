import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJson, writeFileAtomically } from './files.ts';
import { type EndStep, endProcess, isStillRunning, type ProcessIdentity } from './process-identity.ts';

type Ports<Name extends string> = Partial<Record<Name, number>>;

type Stored<Name extends string> = { ports?: Ports<Name>; process?: ProcessIdentity };

/**
 * What is remembered about one server between starts: its ports, and its process while it runs. The file is written
 * synchronously right after the server was spawned, so that even `kill -9` of this process leaves a trace of the child.
 */
export class ServerState<PortName extends string = string> {
  readonly #path: string;
  #stored: Stored<PortName>;

  /** @param path JSON file; a missing or damaged one counts as empty. */
  constructor(path: string) {
    this.#path = path;
    this.#stored = (readJson(path) as Stored<PortName> | undefined) ?? {};
  }

  get ports(): Readonly<Ports<PortName>> {
    return this.#stored.ports ?? ({} as Ports<PortName>);
  }

  rememberPorts(ports: Ports<PortName>): void {
    this.#write({ ...this.#stored, ports });
  }

  rememberProcess(identity: ProcessIdentity): void {
    this.#write({ ...this.#stored, process: identity });
  }

  /** Notes that the server has ended. A home that was removed while it ran takes no note and needs none. */
  forgetProcess(): void {
    const { process: _ended, ...rest } = this.#stored;
    if (existsSync(dirname(this.#path))) this.#write(rest);
  }

  /**
   * Ends the server that an earlier run left behind, if it is still running. The caller must hold the home's lock:
   * otherwise the "left-over" is the live server of another instance.
   *
   * @param steps how it is ended, see {@link endProcess}.
   */
  async endLeftOver(server: string, steps: readonly EndStep[], log: (line: string) => void): Promise<void> {
    const left = this.#stored.process;
    if (left === undefined) return;
    if (isStillRunning(left)) {
      log(`Ending ${server} (process ${left.pid}), left behind by an earlier run`);
      await endProcess(left.pid, () => isStillRunning(left), steps);
    }
    this.forgetProcess();
  }

  #write(stored: Stored<PortName>): void {
    writeFileAtomically(this.#path, JSON.stringify(stored));
    this.#stored = stored;
  }
}
