/**
 * A gRPC proxy in front of Temporal that can lose an answer: the call is carried out, its caller never hears. It speaks
 * HTTP/2, since a cut at the level of bytes would often come before the call was carried out.
 */
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface LosingProxy {
  /** host:port */
  readonly address: string;
  /** How many answers were lost so far. */
  readonly lost: number;
  /**
   * Loses the answer to the next signal.
   *
   * @param how `reset`: its stream is reset, and from then on the port refuses; `cut`: its connection is
   */
  loseNextAnswer(how: 'reset' | 'cut'): void;
  close(): Promise<void>;
}

const SIGNAL = /SignalWithStartWorkflowExecution$/;

export async function startLosingProxy(temporalAddress: string): Promise<LosingProxy> {
  const upstream = http2.connect(`http://${temporalAddress}`);
  const sessions = new Set<http2.ServerHttp2Session>();
  let next: 'reset' | 'cut' | null = null;
  let lost = 0;
  const lose = (stream: http2.ServerHttp2Stream, how: 'reset' | 'cut') => {
    lost++;
    if (how === 'cut') return stream.session?.destroy();
    server.close();
    stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    // Closed, not destroyed: the reset has to arrive before the connection ends.
    for (const session of sessions) session.close();
  };
  const server = http2.createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream, { te: _, ...headers }) => {
    const how = SIGNAL.test(String(headers[':path'])) ? next : null;
    if (how) next = null;
    const call = upstream.request({ ...headers, te: 'trailers' });
    for (const one of [stream, call]) one.on('error', () => {});
    stream.pipe(call);
    if (how) return void call.resume().on('end', () => lose(stream, how));
    let trailers: http2.IncomingHttpHeaders = {};
    call.on('response', (answered, flags) => {
      const endStream = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answered, { waitForTrailers: !endStream, endStream });
      if (!endStream) call.pipe(stream);
    });
    call.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get lost() {
      return lost;
    },
    loseNextAnswer(how) {
      next = how;
    },
    async close() {
      for (const session of sessions) session.destroy();
      upstream.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
