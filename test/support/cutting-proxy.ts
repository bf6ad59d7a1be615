/** A TCP proxy in front of PostgreSQL that can lose an answer: the statement is carried out, its sender never hears. */
import net from 'node:net';

export interface CuttingProxy {
  /** The URL of the database through the proxy. */
  readonly url: string;
  /** Drops the server's next answer and cuts the connection it was for. Resolves once that has happened. */
  loseNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  let cut: (() => void) | null = null;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (answer) => {
      if (!cut) return void client.write(answer);
      client.destroy();
      cut();
      cut = null;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    loseNextAnswer: () =>
      new Promise<void>((resolve) => {
        cut = resolve;
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
