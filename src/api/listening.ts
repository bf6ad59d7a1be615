/**
 * Servers: where they listen, and how they end.
 */
import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net';
import { promisify } from 'node:util';
import type { Config } from '../config.ts';

/** Of exporters for Prometheus that OpenTelemetry makes. */
export const DEFAULT_METRICS_PORT = 9464;
/**
 * Connections that wait to be accepted, as far as the system allows. Node accepts one per round of its event loop; who
 * finds no place tries again after a second, then after three.
 */
const BACKLOG = 4_096;
const OUTCOME_PATIENCE_MS = 2_000;
const DRAIN_TIMEOUT_MS = 10_000;

type Ports = Pick<Config, 'PORT' | 'METRICS_PORT' | 'HOST'>;

/** @throws when a port is taken. Whoever asks before starting anything else need not end that again. */
export async function requireFreePorts(
  config: Ports,
  { api }: { readonly api: boolean } = { api: true },
): Promise<void> {
  const { METRICS_PORT, HOST } = config;
  if (api) await requireFree(config, 'PORT');
  if (METRICS_PORT !== undefined) await requireFree({ PORT: METRICS_PORT, HOST }, 'METRICS_PORT');
}

async function requireFree(at: Pick<Config, 'PORT' | 'HOST'>, setting: 'PORT' | 'METRICS_PORT'): Promise<void> {
  // A client that connects in this moment must not keep it open.
  const server = await listen(
    createServer((socket) => socket.destroy()),
    at,
    setting,
  );
  await promisify(server.close.bind(server))();
}

/** @throws Error that names a port which is taken, and what to do */
export function listen<Listening extends TcpServer>(
  server: Listening,
  { PORT, HOST }: Pick<Config, 'PORT' | 'HOST'>,
  setting: 'PORT' | 'METRICS_PORT' = 'PORT',
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${PORT} on ${HOST} is taken. Stop what listens there, or set ${setting} to another one (${setting}=0: any).`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken, { cause: error }) : error);
    });
    server.listen({ port: PORT, host: HOST, backlog: BACKLOG }, () => resolve(server));
  });
}

/** Where Prometheus expects what has no other place, and any other one where that is taken and nobody asked for it. */
export async function listenForMetrics(server: Server, { METRICS_PORT, PORT, HOST }: Ports): Promise<Server> {
  if (METRICS_PORT !== undefined) return listen(server, { PORT: METRICS_PORT, HOST }, 'METRICS_PORT');
  const anyPort = { PORT: 0, HOST };
  if (PORT === 0) return listen(server, anyPort);
  return listen(server, { PORT: DEFAULT_METRICS_PORT, HOST }).catch(() => listen(server, anyPort));
}

export function portOf(server: TcpServer): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Lets requests under way finish. Those that wait long for an outcome are answered 202, and what is left after that
 * is cut off; their commands are safe all the same.
 */
export async function drain(server: Server, stopWaiting: () => void): Promise<void> {
  const patience = setTimeout(stopWaiting, OUTCOME_PATIENCE_MS);
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
  const closed = promisify(server.close.bind(server))();
  server.closeIdleConnections();
  await closed;
  clearTimeout(patience);
  clearTimeout(timer);
}

export function closeNow(server: Server): Promise<void> {
  const closed = promisify(server.close.bind(server))();
  server.closeAllConnections();
  return closed;
}
