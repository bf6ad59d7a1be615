/**
 * Registers the search attributes of orders in their namespace. Without them orders work as well; they only cannot be
 * found by them. So nothing here ever stops a start, and what is wrong is told once.
 */
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import type { Logger } from 'pino';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../workflows/search-attributes.ts';
import { GRPC } from './connection.ts';

export interface SearchAttributes {
  /** Resolves after the first look, whatever came of it. */
  readonly looked: Promise<void>;
  /** Whether workflows may use them. */
  isUsable(): boolean;
  /** To be called when Temporal refused them after all: somebody removed one. They are registered again. */
  refused(): void;
  stop(): void;
}

const CALL_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 15_000;

type Types = Partial<Record<string, ReturnType<typeof encodeSearchAttributeIndexedValueType>>>;
const WANTED = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ({
  name: name as SearchAttributeName,
  type: encodeSearchAttributeIndexedValueType(type),
  /** As the Temporal CLI writes it. */
  typeName: { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' }[type],
}));

/** Looks at once, and every 15 seconds until they can be used. Any number of processes may do so at the same time. */
export function openSearchAttributes(client: Client, namespace: string, log: Logger): SearchAttributes {
  let usable = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let told = '';
  const look = async (): Promise<void> => {
    const problem = await registerSearchAttributes(client, namespace);
    usable = problem === null;
    if (problem !== null && problem !== told) log.warn(problem);
    told = problem ?? '';
    if (!usable) lookLater();
  };
  const lookLater = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(look, LOOK_AGAIN_MS).unref();
  };
  return {
    looked: look(),
    isUsable: () => usable,
    refused() {
      usable = false;
      lookLater();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Registers those that are missing; never throws.
 *
 * @returns null when all can be used, or what is wrong and what to do
 */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<string | null> {
  const without = 'Orders work without search attributes, but cannot be found by them.';
  try {
    const known = await registered(client, namespace);
    const misfits = WANTED.filter(({ name, type }) => known[name] !== undefined && known[name] !== type);
    if (misfits.length > 0) {
      const named = misfits.map(({ name, typeName }) => `${name} (${typeName})`).join(', ');
      return `Search attributes of another type are registered in ${namespace}: needed are ${named}. ${without}`;
    }
    const missing = WANTED.filter(({ name }) => known[name] === undefined);
    if (missing.length === 0) return null;
    try {
      await add(client, namespace, missing);
    } catch (error) {
      const flags = missing.map(({ name, typeName }) => `--name ${name} --type ${typeName}`).join(' ');
      return (
        `The search attributes of orders could not be registered in ${namespace} (${reasonOf(error)}). ${without} ` +
        `Somebody with the right to: temporal operator search-attribute create --namespace ${namespace} ${flags}`
      );
    }
    // Another process may have added some of them in the meantime, so it is the server that says whether all are there.
    const now = await registered(client, namespace);
    return missing.every(({ name }) => now[name] !== undefined)
      ? null
      : `The search attributes of orders are being registered in ${namespace}.`;
  } catch (error) {
    return `The search attributes of ${namespace} could not be read (${reasonOf(error)}). ${without}`;
  }
}

async function registered({ connection }: Client, namespace: string): Promise<Types> {
  const { customAttributes } = await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  return customAttributes;
}

async function add({ connection }: Client, namespace: string, missing: typeof WANTED): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, type ?? 0]));
  try {
    await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    );
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== GRPC.ALREADY_EXISTS) throw error;
  }
}

function reasonOf(error: unknown): string {
  return isGrpcServiceError(error) ? error.details : String(error);
}
