/**
 * `npm start`, as a child of the bench: the same program, which also tells its processor time and ends with the bench.
 */
import { ownCpuSeconds } from '../support/cpu.ts';
import { answerParent } from '../support/parent.ts';

answerParent({ cpu: ownCpuSeconds }, () => process.kill(process.pid, 'SIGTERM'));
await import('../../src/embedded/start.ts');
