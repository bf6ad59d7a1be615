/**
 * Signals by a name that the SDK reserves for itself would make it throw before any handler runs, and fail the
 * workflow's task for ever. They go on under another name, and end as recorded rejections like any unknown signal.
 */
import type { WorkflowInterceptors } from '@temporalio/workflow';

const RESERVED_PREFIX = '__temporal_';

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow } of input.activation.jobs ?? []) {
          if (signalWorkflow?.signalName?.startsWith(RESERVED_PREFIX)) {
            signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
          }
        }
        return next(input);
      },
    },
  ],
});
