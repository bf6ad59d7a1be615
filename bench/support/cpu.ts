/**
 * Processor time of the processes that take part. On a machine that others use too, it says more than the clock.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds of processor time since each process began; null where it cannot be read. */
export interface CpuSeconds {
  readonly own: number;
  readonly temporal: number | null;
  readonly postgres: number | null;
}

export interface ServerPids {
  readonly temporal: number | null;
  readonly postgres: number | null;
}

/** /proc counts in ticks of 10 ms on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The pids of the servers that were started in a home, from the notes that they leave there. */
export function serverPidsIn(home: string): ServerPids {
  return { temporal: pidIn(join(home, 'temporal.json')), postgres: pidIn(join(home, 'postgres.json')) };
}

/** What this process has used, with all its threads. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function readCpu(own: number, servers: ServerPids): CpuSeconds {
  return { own, temporal: secondsOfTree(servers.temporal), postgres: secondsOfTree(servers.postgres) };
}

/** For loads whose processor time nobody asks for. */
export async function readNoCpu(): Promise<CpuSeconds> {
  return { own: 0, temporal: null, postgres: null };
}

export function cpuSince(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  const difference = (key: 'temporal' | 'postgres') => {
    const [from, to] = [before[key], after[key]];
    return from === null || to === null ? null : to - from;
  };
  return { own: after.own - before.own, temporal: difference('temporal'), postgres: difference('postgres') };
}

function pidIn(path: string): number | null {
  try {
    const { process } = JSON.parse(readFileSync(path, 'utf8')) as { process?: { pid?: number } };
    return process?.pid ?? null;
  } catch {
    return null;
  }
}

/** PostgreSQL works in children of its first process; those are long-lived, so adding up the living is enough. */
function secondsOfTree(pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null;
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(name))
    .filter((stat) => stat && (stat.pid === pid || stat.parent === pid))
    .reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0);
  return ticks / TICKS_PER_SECOND;
}

/** proc(5): after the name in parentheses come state, parent and, tenth and eleventh from there, utime and stime. */
function statOf(pid: string): { pid: number; parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
