/**
 * A workflow interceptor that shows, after each activation of a replay, what operators would see of the order: the
 * state that the replayed code itself has folded.
 */
import { getCurrentDetails, proxySinks, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow';

export interface ProbeSinks extends Sinks {
  readonly probe: { details(details: string): void };
}

const { probe } = proxySinks<ProbeSinks>();

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      concludeActivation(input, next) {
        probe.details(getCurrentDetails());
        return next(input);
      },
    },
  ],
});
