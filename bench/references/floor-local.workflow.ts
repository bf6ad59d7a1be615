/**
 * The workflow of the floor: takes commands from signals, has an empty local activity answer them, and nothing else.
 * It has no state and never continues as new: the runs of the bench are too short to need it.
 */
import { condition, defineSignal, proxyLocalActivities, setHandler } from '@temporalio/workflow';

interface FloorActivities {
  answer(commandIds: readonly string[]): Promise<void>;
}

const { answer } = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '2s' });

export async function floor(): Promise<void> {
  let inbox: string[] = [];
  setHandler(defineSignal<[string]>('command'), (commandId) => {
    inbox.push(commandId);
  });
  for (;;) {
    await condition(() => inbox.length > 0);
    const batch = inbox;
    inbox = [];
    await answer(batch);
  }
}
