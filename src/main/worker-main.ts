/** The worker as a process of its own; start as many as needed. */
import { runService } from './main.ts';

await runService({ api: false, worker: true });
