/** Who did something, as timelines and events show it. */
import type { ActingKey } from '../db/acting-key.ts';
import type { Actor, ActorRole } from '../domain/commands.ts';
import { given } from './envelope.ts';

/** `temporal`: by a signal, at Temporal's UI or by its CLI. `system`: Tranche itself, a deadline for instance. */
export const ACTOR_VIAS = ['api', 'temporal', 'system'] as const;

export interface ActorObject {
  readonly role: ActorRole;
  /** The merchant for a merchant's key, the key for any other. */
  readonly id: string;
  /** Missing where nobody noted it: entries of version 0.3.0 and before that came by the API. */
  readonly via?: (typeof ACTOR_VIAS)[number];
  readonly keyId?: string;
  readonly keyName?: string;
}

/** Somebody who signals, without or with saying who they are. */
const BY_HAND = /^temporal(\/|$)/;

export function renderActor({ role, id }: Actor, key: ActingKey | null): ActorObject {
  if (role === 'system') return { role, id, via: 'system' };
  if (key === null) return { role, id, ...(BY_HAND.test(id) && { via: 'temporal' as const }) };
  const holder = role === 'merchant' ? key.merchantId : key.id;
  return { role, id: holder, via: 'api', keyId: key.id, ...given('keyName', key.name) };
}
