/**
 * The client's connection to Temporal, with the retries that a payment service can afford.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/** gRPC status codes, from the gRPC specification. */
export const GRPC = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  UNAVAILABLE: 14,
} as const;

export const PAYLOAD_CONVERTER_PATH = fileURLToPath(new URL('./payload-converter.ts', import.meta.url));

/**
 * A continue-as-new that races signals makes the server refuse them for a moment. They are sent again soon, not after
 * the default of 1.7 s, and until the call's deadline, not ten times: on a busy machine the moment can be a long one.
 */
const CLOSING_RETRY_MS = 15;

type GrpcStatus = Parameters<ReturnType<typeof defaultGrpcRetryOptions>['delayFunction']>[1];

function isClosing({ code, details }: GrpcStatus): boolean {
  return code === GRPC.RESOURCE_EXHAUSTED && /workflow is closing/i.test(details);
}

/** How often one call was tried. */
export interface Attempts {
  count: number;
}

const attemptsOfCall = new AsyncLocalStorage<Attempts>();

/** Makes one call, and counts into `attempts` how often the connection tried it, repetitions included. */
export function countingAttempts<Result>(attempts: Attempts, call: () => Promise<Result>): Promise<Result> {
  return attemptsOfCall.run(attempts, call);
}

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;

/** Repeats what may be repeated, and counts. */
const retrying: Interceptor = (options, nextCall) => {
  const defaults = defaultGrpcRetryOptions();
  // Looked up here, where a call begins: statuses arrive in the context of the connection.
  const attempts = attemptsOfCall.getStore();
  const interceptor = makeGrpcRetryInterceptor({
    // "Unavailable" is not retried here: the sender must know whether an attempt may have got through.
    retryableDecider: (attempt, status) => {
      if (attempts) attempts.count = attempt;
      return isClosing(status) || (status.code !== GRPC.UNAVAILABLE && defaults.retryableDecider(attempt, status));
    },
    delayFunction: (attempt, status) =>
      isClosing(status) ? CLOSING_RETRY_MS : defaults.delayFunction(attempt, status),
  });
  return interceptor(options, nextCall);
};

/** Connects on first use, so that the API starts and stays up while Temporal is away. */
export function connectClient(address: string, namespace: string): Client {
  const connection = Connection.lazy({
    address,
    connectTimeout: '3s',
    // gRPC would send even loopback connections through a proxy that the environment names.
    ...(isLoopback(address) && { channelArgs: { 'grpc.enable_http_proxy': 0 } }),
    interceptors: [retrying],
  });
  return new Client({ connection, namespace });
}

function isLoopback(address: string): boolean {
  return /^(127\.|localhost:|\[::1\])/.test(address);
}
