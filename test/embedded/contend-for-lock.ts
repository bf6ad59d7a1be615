/** Started by tests as a process of its own. Argument: the home. It ends when its input does. */
import { takeHomeLock } from '../../src/embedded/home-lock.ts';

const [home = ''] = process.argv.slice(2);
process.stdin.once('data', () => {
  try {
    takeHomeLock(home);
    console.log('taken');
  } catch (error) {
    console.log((error as Error).message.includes('already running') ? 'refused' : error);
  }
});
console.log('ready');
