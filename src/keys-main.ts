/**
 * Makes a merchant and an API key for it:
 *
 *   npm run keys -- create --merchant "Acme" [--mode test|live]
 */
import { parseArgs } from 'node:util';
import { typeid } from 'typeid-js';
import { createApiKey } from './api/api-keys.ts';
import { readConfig } from './config.ts';
import { connect } from './db/client.ts';
import { apiKeys, merchants } from './db/schema.ts';

const USAGE = 'Usage: npm run keys -- create --merchant "Name" [--mode test|live]';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { merchant: { type: 'string' }, mode: { type: 'string', default: 'test' } },
});
const { DATABASE_URL } = readConfig();
const { merchant: name, mode } = values;
if (positionals[0] !== 'create' || !name || (mode !== 'test' && mode !== 'live')) throw new Error(USAGE);
if (!DATABASE_URL) throw new Error('DATABASE_URL must be set: the database that the key is stored in.');

const { db, close } = connect(DATABASE_URL, { max: 1 });
try {
  const merchantId = typeid('merchant').toString();
  const { key, ...stored } = createApiKey(mode, 'merchant');
  await db.transaction(async (tx) => {
    await tx.insert(merchants).values({ id: merchantId, name });
    await tx.insert(apiKeys).values({ ...stored, merchantId });
  });
  process.stdout.write(
    `Merchant ${merchantId}\nAPI key  ${key}\nThe key is shown this once; only its hash is stored.\n`,
  );
} finally {
  await close();
}
