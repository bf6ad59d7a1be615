/**
 * Traces, by OpenTelemetry: off until OTEL_EXPORTER_OTLP_ENDPOINT is set, and then set up by the environment variables
 * that OpenTelemetry defines. Off, it costs a function call, and the library is not even loaded.
 *
 * A request's span and the commit's span in the worker name the command by its id, which the answer, the order's log
 * and Temporal name, too. They are not one trace: what many requests signalled is committed together.
 */
import type { RequestHandler } from 'express';

export type SpanAttributes = Readonly<Record<string, string | number | readonly string[]>>;

export interface Tracing {
  /** Traces each request; before all routes. */
  readonly requests: RequestHandler;
  /** Does `work` within a span, which ends with it and says whether it threw. */
  span<Result>(name: string, attributes: SpanAttributes, work: () => Promise<Result>): Promise<Result>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

export const NO_TRACING: Tracing = {
  requests: (_request, _response, next) => next(),
  span: (_name, _attributes, work) => work(),
  stop: async () => {},
};

/** @param version of the service */
export async function startTracing(version: string, environment: NodeJS.ProcessEnv = process.env): Promise<Tracing> {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT && !environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return NO_TRACING;
  const { NodeSDK, api, resources } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    serviceName: environment.OTEL_SERVICE_NAME ?? 'tranche',
    resource: resources.resourceFromAttributes({ 'service.version': version }),
    instrumentations: [],
  });
  sdk.start();
  const tracer = api.trace.getTracer('tranche', version);
  const failed = { code: api.SpanStatusCode.ERROR };
  return {
    requests(request, response, next) {
      const context = api.propagation.extract(api.context.active(), request.headers);
      const span = tracer.startSpan(request.method, { kind: api.SpanKind.SERVER }, context);
      response.once('close', () => {
        const route: string | undefined = request.route?.path;
        const commandId = response.get('Command-Id');
        if (route !== undefined) span.updateName(`${request.method} ${route}`);
        span.setAttributes({
          'http.request.method': request.method,
          'http.response.status_code': response.statusCode,
          ...(route !== undefined && { 'http.route': route }),
          ...(commandId !== undefined && { 'tranche.command.ids': [commandId] }),
          'tranche.request.id': String(response.get('X-Request-Id')),
        });
        if (response.statusCode >= 500) span.setStatus(failed);
        span.end();
      });
      api.context.with(api.trace.setSpan(context, span), next);
    },
    span: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes: { ...attributes } as never }, async (span) => {
        try {
          return await work();
        } catch (error) {
          // Its class alone: messages may hold what is not for everybody.
          span.setStatus(failed);
          span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
          throw error;
        } finally {
          span.end();
        }
      }),
    stop: () => sdk.shutdown(),
  };
}
