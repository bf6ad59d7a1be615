import { connect, createServer } from 'node:net';

/**
 * New ports are drawn from below the ranges from which operating systems hand out ports for outgoing connections
 * (32768 and up on Linux, 49152 and up on macOS): a remembered port then rarely turns out to be someone's connection.
 */
const LOWEST = 20_000;
const HIGHEST = 31_999;
const ATTEMPTS = 200;

/**
 * Chooses a free TCP port on 127.0.0.1.
 *
 * @param remembered port of the last start; taken again when it is free, so that addresses stay the same.
 * @param taken ports chosen for others that are not listening yet.
 * @throws Error when no free port is found.
 */
export async function choosePort(remembered: number | undefined, taken: readonly number[] = []): Promise<number> {
  if (remembered !== undefined && !taken.includes(remembered) && (await isFree(remembered))) return remembered;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free TCP port found on 127.0.0.1 between ${LOWEST} and ${HIGHEST} after ${ATTEMPTS} attempts.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

/** Whether something listens on a port of 127.0.0.1. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
