/** The API as a process of its own; start as many as needed. */
import { runService } from './main.ts';

await runService({ api: true, worker: false });
