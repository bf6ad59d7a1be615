/**
 * Which keys may manage which. Data, as in domain/permissions.ts, so that it can be shown and tested cell by cell.
 *
 * Nobody makes a key that speaks for somebody else, except the operator. With a buyer's key a merchant could release to
 * itself what only the buyer may release, and with an arbiter's decide its own disputes; so a merchant makes the keys
 * of its own servers, and the operator hands out the others. Buyers and arbiters manage no keys.
 *
 * A merchant's key needs the scope `keys` for that, which only the command line gives: otherwise each server that is
 * broken into could lock out all the others, and make itself keys that outlive the repair.
 */
import { API_KEY_ROLES, type ApiKeyRole } from './api-keys.ts';
import type { Caller } from './caller.ts';
import { ApiError } from './errors.ts';

/** By the role of the key in hand: the roles of the keys that it may make, rotate and revoke; a merchant's needs the scope. */
export const MANAGED_ROLES: Readonly<Record<ApiKeyRole, readonly ApiKeyRole[]>> = {
  operator: API_KEY_ROLES,
  merchant: ['merchant'],
  buyer: [],
  arbiter: [],
};

const WITHOUT_SCOPE =
  'An API key of role merchant may manage API keys, other than itself, only with the scope keys. Whoever runs the service makes one: npm run keys -- create --merchant-id <id> --scope keys';

/** The roles whose keys may be bound to one order: they belong to somebody who is a party of it, or decides it. */
export const BINDABLE_ROLES: readonly ApiKeyRole[] = ['buyer', 'arbiter'];

/** @throws ApiError 403 when the caller may not make, rotate and revoke keys of this role; null: any at all */
export function requireManager(caller: Caller, role: ApiKeyRole | null): void {
  const managed = caller.role === 'system' ? [] : MANAGED_ROLES[caller.role];
  const isManaged = role === null ? managed.length > 0 : managed.includes(role);
  if (isManaged && (caller.role !== 'merchant' || caller.scopes.includes('keys'))) return;
  if (isManaged) throw new ApiError('api_key_role_not_allowed', { message: WITHOUT_SCOPE });
  const what = role === null ? 'manage API keys' : `manage API keys of role ${role}`;
  throw new ApiError('api_key_role_not_allowed', { message: `An API key of role ${caller.role} may not ${what}` });
}
