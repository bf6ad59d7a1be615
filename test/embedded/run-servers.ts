/** Started by tests as a process of its own, to be killed: brings both servers up and stays. Argument: the home. */
import { startServers } from '../../src/embedded/servers.ts';

const [home = ''] = process.argv.slice(2);
const { databaseUrl, temporalAddress } = await startServers({ home, log: () => {} });
console.log(JSON.stringify({ databaseUrl, temporalAddress }));
setInterval(() => {}, 60_000);
