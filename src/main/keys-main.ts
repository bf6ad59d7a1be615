/**
 * API keys, for whoever runs the service: `npm run keys`. Exits 0 when it is done, 1 when it could not be done, 2 when
 * it was not understood.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { eq } from 'drizzle-orm';
import { typeid } from 'typeid-js';
import { API_KEY_ROLES, type ApiKeyRole, createApiKey } from '../api/api-keys.ts';
import { BINDABLE_ROLES } from '../api/key-permissions.ts';
import { NOT_REPLACEABLE, OVERLAP_DEFAULT_SECONDS, OVERLAP_MAX_SECONDS, replacementOf } from '../api/key-rotation.ts';
import { readConfig } from '../config.ts';
import {
  type ApiKeyRow,
  findApiKey,
  insertApiKey,
  listAllApiKeys,
  ownsOrder,
  replaceApiKey,
  revokeApiKey,
  type StoredApiKey,
} from '../db/api-keys.ts';
import { connect, type Database } from '../db/client.ts';
import { type ApiKeyScope, merchants } from '../db/schema.ts';
import { isStorableText } from '../domain/field-reader.ts';
import type { Mode } from '../domain/terms.ts';
import { ApiKeyProofs, withProof } from '../proofs/api-key-proofs.ts';
import { addressOf, reasonOf, secretsKeyOf } from './running-instance.ts';

const USAGE = `Usage:
  npm run keys -- create --merchant "Name" [--merchant-id id] [--mode test|live] [--role ${API_KEY_ROLES.join('|')}]
                         [--name text] [--scope keys] [--expires-in-days n] [--order escrow_order_…]
  npm run keys -- list [--merchant-id id]
  npm run keys -- rotate <keyId> [--overlap-seconds n]
  npm run keys -- revoke <keyId>

create makes a merchant, or adds a key to the one that --merchant-id names. --order binds a buyer's or an arbiter's
key to one escrow order. --scope keys lets a merchant's key manage its merchant's keys over HTTP. rotate makes a new key; the old one works for --overlap-seconds more (${OVERLAP_DEFAULT_SECONDS}).
The database is DATABASE_URL, or that of the "npm start" that runs here.`;

const MODES = ['test', 'live'] as const satisfies Mode[];
const DAY_MS = 24 * 60 * 60 * 1_000;
const SCOPES = ['keys'] as const satisfies ApiKeyScope[];
const NAME_MAX_LENGTH = 200;
const EXPIRES_MAX_DAYS = 3_650;
const SHOWN_ONCE = 'The key is shown this once; only its hash is stored.';

const ADOPT = 'If it is one of yours, run: npm run migrate -- --adopt-api-keys';
const WITHOUT_PROOF =
  'SECRETS_KEY is not set, so the key has no proof: a service that has a SECRETS_KEY refuses it. Revoke it and make another one with SECRETS_KEY set, or run: npm run migrate -- --adopt-api-keys';

class UsageError extends Error {}

type Values = Readonly<Record<string, string | undefined>>;
/** `proofs`: null where no SECRETS_KEY is known. */
type Work = (db: Database, proofs: ApiKeyProofs | null) => Promise<string>;

/** What each command is told, and the work it makes of that. Nothing is connected to before all of it is understood. */
const COMMANDS: Readonly<
  Record<string, { options: string[]; takesKeyId: boolean; plan(values: Values, keyId: string): Work }>
> = {
  create: {
    options: ['merchant', 'merchant-id', 'mode', 'role', 'expires-in-days', 'order', 'name', 'scope'],
    takesKeyId: false,
    plan: planCreate,
  },
  list: {
    options: ['merchant-id'],
    takesKeyId: false,
    plan: (values) => async (db, proofs) => table(await listAllApiKeys(db, values['merchant-id'] ?? null), proofs),
  },
  rotate: { options: ['overlap-seconds'], takesKeyId: true, plan: planRotate },
  revoke: { options: [], takesKeyId: true, plan: planRevoke },
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const work = plan(args);
    const config = readConfig();
    const secretsKey = secretsKeyOf(config);
    const { db, close } = connect(addressOf(config, 'DATABASE_URL'), { max: 1 });
    try {
      process.stdout.write(`${await work(db, secretsKey && new ApiKeyProofs(secretsKey))}\n`);
      return 0;
    } finally {
      await close();
    }
  } catch (error) {
    const misunderstood = error instanceof UsageError;
    process.stderr.write(misunderstood ? `${error.message}\n\n${USAGE}\n` : `Could not do it: ${reasonOf(error)}\n`);
    return misunderstood ? 2 : 1;
  }
}

function plan([name = '', ...args]: string[]): Work {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(name === '' ? 'Which command?' : `There is no command "${name}".`);
  const { values, positionals } = parse(args, command.options);
  const [keyId = ''] = positionals;
  if (positionals.length !== (command.takesKeyId ? 1 : 0)) {
    throw new UsageError(command.takesKeyId ? `${name} takes one key id.` : `${name} takes only options.`);
  }
  return command.plan(values, keyId);
}

function parse(args: string[], names: string[]): { values: Values; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    names.map((name) => [name, { type: 'string' }]),
  );
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function planCreate(values: Values): Work {
  const { merchant: name, 'merchant-id': merchantId, order: escrowOrderId } = values;
  const mode = choice('mode', MODES, values.mode ?? 'test');
  const role: ApiKeyRole = choice('role', API_KEY_ROLES, values.role ?? 'merchant');
  const days = wholeNumber('expires-in-days', values['expires-in-days'], 1, EXPIRES_MAX_DAYS);
  if (!name && !merchantId) throw new UsageError('create needs --merchant "Name" or --merchant-id id.');
  if (escrowOrderId !== undefined && !BINDABLE_ROLES.includes(role)) {
    throw new UsageError(`--order is for the roles ${BINDABLE_ROLES.join(' and ')}.`);
  }
  const scopes = values.scope === undefined ? [] : [choice('scope', SCOPES, values.scope)];
  if (scopes.length > 0 && role !== 'merchant') throw new UsageError('--scope is for the role merchant.');
  const keyName = values.name ?? null;
  if (keyName !== null && (keyName === '' || keyName.length > NAME_MAX_LENGTH || !isStorableText(keyName))) {
    throw new UsageError(`--name has 1 to ${NAME_MAX_LENGTH} characters.`);
  }
  return (db, proofs) =>
    db.transaction(async (tx) => {
      const owner = { merchantId: await requireMerchant(tx, name, merchantId), mode };
      if (escrowOrderId !== undefined && !(await ownsOrder(tx, owner, escrowOrderId))) {
        throw new Error(`Merchant ${owner.merchantId} has no escrow order ${escrowOrderId} in ${mode} mode.`);
      }
      const { key, ...stored } = createApiKey(mode, role);
      const expiresAt = days === null ? null : new Date(Date.now() + days * DAY_MS);
      const made = {
        ...{ ...stored, ...owner, escrowOrderId: escrowOrderId ?? null, expiresAt },
        ...{ name: keyName, scopes },
      };
      await insertApiKey(tx, withProof(made, proofs));
      return `Merchant ${owner.merchantId}\nRole     ${role}\nKey id   ${stored.id}\nAPI key  ${key}\n${told(proofs)}`;
    });
}

/** The merchant that is named, made when it is missing. */
async function requireMerchant(
  db: Pick<Database, 'insert' | 'select'>,
  name: string | undefined,
  id: string | undefined,
): Promise<string> {
  const merchantId = id ?? typeid('merchant').toString();
  if (name) await db.insert(merchants).values({ id: merchantId, name }).onConflictDoNothing();
  const [found] = await db.select({ name: merchants.name }).from(merchants).where(eq(merchants.id, merchantId));
  if (!found) throw new Error(`There is no merchant ${merchantId}. Give it a name (--merchant) to make it.`);
  if (name && found.name !== name) throw new Error(`Merchant ${merchantId} is called "${found.name}", not "${name}".`);
  return merchantId;
}

function planRotate(values: Values, keyId: string): Work {
  const overlap =
    wholeNumber('overlap-seconds', values['overlap-seconds'], 0, OVERLAP_MAX_SECONDS) ?? OVERLAP_DEFAULT_SECONDS;
  return async (db, proofs) => {
    const old = await findApiKey(db, keyId);
    if (!old) throw new Error(`There is no API key ${keyId}.`);
    if (proofs?.prove(old) === false) throw new Error(`API key ${keyId} has no proof of this service. ${ADOPT}`);
    const { key, replacement } = replacementOf(old);
    const replaced = await replaceApiKey(db, keyId, withProof(replacement, proofs), overlap);
    if (!replaced) throw new Error(`${NOT_REPLACEABLE}.`);
    const until = replaced.old.expiresAt?.toISOString();
    return `Key id   ${replaced.made.id}\nAPI key  ${key}\n${told(proofs)}\n${keyId} works until ${until}.`;
  };
}

function planRevoke(_values: Values, keyId: string): Work {
  return async (db) => {
    const revoked = await revokeApiKey(db, keyId);
    if (!revoked) throw new Error(`There is no API key ${keyId}.`);
    return `${keyId} is revoked since ${revoked.revokedAt?.toISOString()}. Every API process notices within 5 s.`;
  };
}

function told(proofs: ApiKeyProofs | null): string {
  return proofs ? SHOWN_ONCE : `${SHOWN_ONCE} ${WITHOUT_PROOF}`;
}

function table(keys: readonly (StoredApiKey & { merchant: string })[], proofs: ApiKeyProofs | null): string {
  const head = [
    'key id',
    'ends with',
    'merchant id',
    'merchant',
    'mode',
    'role',
    'bound to',
    'made',
    'state',
    'name',
    'scopes',
    'made by',
    'last used',
  ];
  const rows = keys.map((key) => [
    key.id,
    `…${key.lastFour}`,
    key.merchantId,
    key.merchant,
    key.mode,
    key.role,
    key.escrowOrderId ?? '',
    key.createdAt.toISOString(),
    proofs?.prove(key) === false ? `not proven, ${stateOf(key)}` : stateOf(key),
    // A tab or a line's end in a name would shift the columns.
    (key.name ?? '').replaceAll(/\s/g, ' '),
    key.scopes.join(','),
    key.createdBy ?? '',
    key.lastUsedAt?.toISOString() ?? '',
  ]);
  return [head, ...rows].map((row) => row.join('\t')).join('\n');
}

function stateOf({ revokedAt, expiresAt }: ApiKeyRow): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  if (!expiresAt) return 'in force';
  return `${expiresAt.getTime() <= Date.now() ? 'expired' : 'in force until'} ${expiresAt.toISOString()}`;
}

function choice<Value extends string>(name: string, allowed: readonly Value[], given: string): Value {
  const chosen = allowed.find((value) => value === given);
  if (chosen === undefined) throw new UsageError(`--${name} is one of ${allowed.join(', ')}, not "${given}".`);
  return chosen;
}

/** Null when it is not given. */
function wholeNumber(name: string, given: string | undefined, min: number, max: number): number | null {
  if (given === undefined) return null;
  const number = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`--${name} is a whole number from ${min} to ${max}, not "${given}".`);
}
