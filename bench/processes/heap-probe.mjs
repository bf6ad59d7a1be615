/**
 * Has each worker thread tell how much its V8 heap holds. Temporal's SDK keeps all cached workflows in the heap of one
 * such thread, which cannot be read from outside in Node 20. Loaded with `--import` into every thread, where tsx does
 * not reach: hence plain JavaScript. Needs `--expose-gc`: what counts is what is reachable, not what lies about.
 */
import { getHeapStatistics } from 'node:v8';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

if (!isMainThread) {
  const channel = new BroadcastChannel('tranche-bench-heap');
  channel.onmessage = ({ data }) => {
    if (data !== 'ask') return;
    // Twice: finalizers that the first collection runs release more.
    globalThis.gc();
    globalThis.gc();
    channel.postMessage(getHeapStatistics().used_heap_size);
  };
  channel.unref();
}
