/**
 * Who is calling.
 */
import type { Response } from 'express';
import type { Owner } from '../db/owner.ts';
import type { ApiKeyScope } from '../db/schema.ts';
import type { Actor, ActorRole } from '../domain/commands.ts';
import type { Person } from '../domain/permissions.ts';
import { ApiError, type ErrorReason } from './errors.ts';

export interface Caller extends Owner {
  readonly role: ActorRole;
  /** The only order that the caller's key may see; missing: all of the merchant's. */
  readonly boundTo?: { readonly orderId: string; readonly intentId: string };
  readonly keyId: string;
  readonly scopes: readonly ApiKeyScope[];
  /** When the key ends; null: when it is revoked. */
  readonly keyExpiresAt: Date | null;
}

/** Who may call a route that is no command to an order: those have their roles from the domain. */
export interface Access {
  readonly roles: readonly Person[];
  /** What any other is refused for. */
  readonly reason: ErrorReason;
  /** @throws ApiError of that reason */
  require(caller: Caller): void;
}

/** Access by role alone. `what` is what others are told that they may not do. */
export function accessOf(roles: readonly Person[], reason: ErrorReason, what: string): Access {
  return {
    roles,
    reason,
    require({ role }) {
      if (roles.some((allowed) => allowed === role)) return;
      throw new ApiError(reason, { message: `A key of role ${role} may not ${what}` });
    },
  };
}

/** The caller of an authenticated request. */
export function callerOf(response: Response): Caller {
  const caller: Caller | undefined = response.locals.caller;
  if (!caller) throw new Error('A route that needs a caller is not behind authenticate()');
  return caller;
}

/** Whom a caller's commands are recorded as coming from: its key, which stands for one holder. */
export function actorOf({ role, keyId }: Caller): Actor {
  return { role, id: keyId };
}

/** Who a caller is in the words that milestones show: a merchant's key is its merchant, any other its own holder. */
export function holderOf({ role, merchantId, keyId }: Caller): string {
  return role === 'merchant' ? merchantId : keyId;
}
