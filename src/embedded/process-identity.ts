import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Names one process for as long as it lives. A pid alone is not enough: after a crash or a reboot the same number may
 * belong to an unrelated program, which must never be signalled.
 */
export type ProcessIdentity = {
  pid: number;
  /** Opaque mark of when the process began; equal for two readings only if they saw the same process. */
  startMark: string;
};

/** One escalation step when ending a process: the signal sent, then how long to wait before the next step. */
export type EndStep = { signal: NodeJS.Signals; waitMs: number };

/**
 * Reads the identity of a running process.
 *
 * @returns undefined when no process has this pid, or when it has ended and only waits to be reaped. In a container
 * whose pid 1 reaps nothing such a zombie stays forever, and it must not count as running.
 */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startMark = process.platform === 'linux' ? startMarkFromProc(pid) : startMarkFromPs(pid);
  return startMark === undefined ? undefined : { pid, startMark };
}

/** Whether exactly this process, and not a later one with the same pid, is running. */
export function isStillRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startMark === identity.startMark;
}

/** The command line of a running process as one string, or an empty string when it cannot be read. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return runPs(['-ww', '-o', 'command='], pid);
  } catch {
    return '';
  }
}

/**
 * Ends a process by going through `steps` until it is gone. The last step should be SIGKILL, which makes the total
 * time bounded by the sum of the waits.
 *
 * @param isRunning is asked again before every signal, so that a pid which changed hands meanwhile is left alone.
 * @returns the last signal that was sent, or undefined when the process had already ended.
 * @throws Error when the process is still there after the last step, or when it may not be signalled.
 */
export async function endProcess(
  pid: number,
  isRunning: () => boolean,
  steps: readonly EndStep[],
): Promise<NodeJS.Signals | undefined> {
  let sent: NodeJS.Signals | undefined;
  for (const { signal, waitMs } of steps) {
    if (!isRunning()) return sent;
    sendSignal(pid, signal);
    sent = signal;
    const giveUpAt = Date.now() + waitMs;
    while (isRunning() && Date.now() < giveUpAt) await sleep(POLL_MS);
  }
  if (isRunning()) {
    throw new Error(
      `Process ${pid} is still running after ${sent}. End it by hand ("kill -9 ${pid}"), then try again.`,
    );
  }
  return sent;
}

/** Each poll outside Linux starts a `ps`, hence the slower pace there. */
const POLL_MS = process.platform === 'linux' ? 20 : 100;

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it ended between the check and the signal, which is what we wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startMarkFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program name in brackets and may hold spaces and brackets itself, so the fields are
  // counted from the last closing one: state is field 3 of proc(5), the start time in clock ticks since boot field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  // Ticks count from boot, and boots resemble each other: the boot's own id keeps two of them apart.
  return `${bootId()}:${startTicks}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function startMarkFromPs(pid: number): string | undefined {
  try {
    const [state, ...started] = runPs(['-o', 'stat=', '-o', 'lstart='], pid).split(/\s+/);
    return state === undefined || state.startsWith('Z') || started.length === 0 ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function runPs(columns: string[], pid: number): string {
  // `lstart` is printed in local time and language; both are fixed so that the same process always reads the same.
  const { PATH = '/usr/bin:/bin' } = process.env;
  return execFileSync('ps', [...columns, '-p', String(pid)], {
    env: { PATH, TZ: 'UTC', LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
