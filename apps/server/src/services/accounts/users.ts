import type { GrantsInput, GrantView, Removed, UserPatch, UserView } from '@serverctl/contract';
import { AppError, mayDo } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { readGrants, writeGrants } from '../../db/repositories/grants.ts';
import { madeBy, voidInvitations } from '../../db/repositories/invitations.ts';
import { databaseNow, deleteUser, type UserRow, updateUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { assertMayGive, grantSentence, grantWords, keepingAnAdministrator, resolveGrants } from './grants.ts';
import { lockCaller, lockUserAt } from './lock-caller.ts';
import type { Principal } from './principal.ts';
import { endSessionsOf } from './sessions.ts';
import { getUserView } from './users-view.ts';

/** A new name, or who may no longer sign in: a disabled user's sessions end, its tokens prove nothing, and its unused links are void. */
export async function setUser(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  ref: string,
  patch: z.output<typeof UserPatch>,
): Promise<UserView> {
  const userId = await inTransaction(deps.db, async (trx) => {
    await lockCaller(trx, principal, 'user:write');
    const user = await lockUserAt(trx, ref);
    const isDisabled = user.disabled_at !== null;
    if (patch.name !== undefined && patch.name !== user.name) {
      await updateUser(trx, user.id, { name: patch.name });
      const details = { email: user.email, from: user.name, to: patch.name };
      await writeAudit(trx, { ...caller, action: 'user.rename', target: user.id, details });
    }
    if (patch.disabled !== undefined && patch.disabled !== isDisabled)
      await (patch.disabled ? disable(trx, caller, user) : enable(trx, caller, user));
    return user.id;
  });
  return getUserView(deps, userId);
}

/** Replaces all roles of a user. Throws `roles_changed` where they are not those that the caller was shown. */
export async function setGrants(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  ref: string,
  input: z.output<typeof GrantsInput>,
): Promise<UserView> {
  const userId = await inTransaction(deps.db, async (trx) => {
    const access = await lockCaller(trx, principal, 'user:write');
    const { id, email } = await lockUserAt(trx, ref);
    const before = await readGrants(trx, id);
    if (input.expect !== undefined && !areSame(before, input.expect))
      throw new AppError('roles_changed', { email, now: await grantWords(trx, before) });
    const grants = await resolveGrants(trx, input.grants);
    await assertMayGive(trx, access, grants);
    const [from, to] = [await grantWords(trx, before), await grantWords(trx, grants)];
    if (from.toSorted().join() === to.toSorted().join()) return id;
    await keepingAnAdministrator(trx, id, () => writeGrants(trx, id, grants));
    // Whoever may no longer invite has invited nobody: else a link made before would give back what was taken.
    if (!mayDo({ grants, scope: null }, 'user:write', null)) await voidInvitations(trx, madeBy(email));
    await writeAudit(trx, { ...caller, action: 'user.grant', target: id, details: { email, from, to } });
    const sentence = `${email} is now ${await grantSentence(trx, grants)}; before: ${await grantSentence(trx, before)}.`;
    await writeEvent(trx, { kind: 'user.roles-changed', severity: 'warning', sentence, details: { email, from, to } });
    return id;
  });
  return getUserView(deps, userId);
}

/** Whatever their order. */
function areSame(these: readonly GrantView[], those: readonly GrantView[]): boolean {
  const sorted = (grants: typeof these) => grants.map(({ role, poolId }) => `${role} ${poolId}`).toSorted();
  return sorted(these).join() === sorted(those).join();
}

/** With its sessions, tokens, roles and unused links. What it did stays in the audit log. */
export async function removeUser(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  ref: string,
): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    await lockCaller(trx, principal, 'user:write');
    const { id, email } = await lockUserAt(trx, ref);
    await keepingAnAdministrator(trx, id, () => deleteUser(trx, id));
    await voidInvitations(trx, madeBy(email));
    await writeAudit(trx, { ...caller, action: 'user.remove', target: id, details: { email } });
    const sentence = `The user ${email} was removed.`;
    await writeEvent(trx, { kind: 'user.removed', severity: 'info', sentence, details: { email } });
    return { removed: id };
  });
}

/** Signs a user out everywhere. */
export async function endUserSessions(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  ref: string,
): Promise<{ ended: number }> {
  return inTransaction(deps.db, async (trx) => {
    await lockCaller(trx, principal, 'user:write');
    const { id, email } = await lockUserAt(trx, ref);
    const ended = await endSessionsOf(trx, id, null);
    const details = { email, ended };
    await writeAudit(trx, { ...caller, action: 'user.end-sessions', target: id, details });
    return { ended };
  });
}

async function disable(trx: Transaction<Database>, caller: Caller, { id, email }: UserRow): Promise<void> {
  await keepingAnAdministrator(trx, id, async () => {
    await updateUser(trx, id, { disabled_at: databaseNow });
  });
  const ended = await endSessionsOf(trx, id, null);
  await voidInvitations(trx, madeBy(email));
  const details = { email, ended };
  await writeAudit(trx, { ...caller, action: 'user.disable', target: id, details });
  const sentence = `${email} can no longer sign in; every session has ended.`;
  await writeEvent(trx, { kind: 'user.disabled', severity: 'info', sentence, details });
}

async function enable(trx: Transaction<Database>, caller: Caller, { id, email }: UserRow): Promise<void> {
  await updateUser(trx, id, { disabled_at: null });
  await writeAudit(trx, { ...caller, action: 'user.enable', target: id, details: { email } });
  const sentence = `${email} can sign in again.`;
  await writeEvent(trx, { kind: 'user.disabled', severity: 'info', sentence, details: { email } });
}
