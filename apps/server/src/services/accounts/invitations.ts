import type {
  InvitationMade,
  InvitationShown,
  InvitationView,
  InviteInput,
  Removed,
  ResetInput,
} from '@serverctl/contract';
import { AppError, type Grant } from '@serverctl/core';
import type { Kysely, Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import {
  countInvitations,
  deleteInvitation,
  findOpenInvitation,
  type InvitationRow,
  insertInvitation,
  listUnusedInvitations,
  madeBy,
  type NewInvitation,
  voidInvitations,
} from '../../db/repositories/invitations.ts';
import { listSessions } from '../../db/repositories/sessions.ts';
import { countTokensOf } from '../../db/repositories/tokens-of-user.ts';
import { findUserByEmail } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { assertMayGive, grantSentence, grantWords, namePools, resolveGrants } from './grants.ts';
import { lockCaller, lockUserAt } from './lock-caller.ts';
import type { Principal } from './principal.ts';
import { newSecret, sha256Of } from './secret.ts';

/*
 * One-time links. Whoever has one may do the single thing that it was made for, once:
 *
 *   setup        become an administrator everywhere (R44); made on the host only, for 30 minutes
 *   invitation   become the user of one address, with given roles; 48 h unless said otherwise
 *   reset        choose a new password; 24 h
 *
 * A newer link for the same voids the older one, and a used one all others for the same; of two that are made at once one stays, since
 * lockCaller lets them pass one after the other. Links that a user made are void once that user may no longer make any, or has lost the
 * password to a reset.
 */

const resetMinutes = 24 * 60;

/** Those that nobody has used yet. */
export async function listInvitationViews({ db }: ServiceDeps): Promise<{ invitations: InvitationView[] }> {
  const rows = await listUnusedInvitations(db);
  return { invitations: rows.map((row) => invitationView(row, row.isExpired)) };
}

/** Throws `user_exists`, `grant_exceeds_own`, `grant_repeated`, `pool_not_found`. */
export async function invite(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  { email, grants: input, hours }: z.output<typeof InviteInput>,
): Promise<InvitationMade> {
  return inTransaction(deps.db, async (trx) => {
    const access = await lockCaller(trx, principal, 'user:write');
    if ((await findUserByEmail(trx, email)) !== null) throw new AppError('user_exists', { email });
    const grants = await resolveGrants(trx, input);
    await assertMayGive(trx, access, grants);
    const voided = await voidInvitations(trx, { kind: 'invitation', email });
    const made = await makeLink(trx, deps, {
      kind: 'invitation',
      email,
      grants: JSON.stringify(grants),
      invited_by: caller.actor,
      minutes: hours * 60,
    });
    const details = { email, grants: await grantWords(trx, grants), hours, voided };
    await writeAudit(trx, { ...caller, action: 'invitation.create', target: made.invitation.id, details });
    const sentence = `${email} was invited as ${await grantSentence(trx, grants)}.`;
    await writeEvent(trx, {
      kind: 'user.invited',
      severity: 'info',
      sentence,
      details: { email, grants: details.grants },
    });
    return made;
  });
}

/** A link to choose a new password; the present one stays good until the link is used. */
export async function makeResetLink(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  ref: string,
  { twoFactor }: z.output<typeof ResetInput>,
): Promise<InvitationMade> {
  return inTransaction(deps.db, async (trx) => {
    await lockCaller(trx, principal, 'user:write');
    const { id, email } = await lockUserAt(trx, ref);
    await voidInvitations(trx, { kind: 'reset', userId: id });
    const made = await makeLink(trx, deps, {
      kind: 'reset',
      email,
      user_id: id,
      ends_two_factor: twoFactor,
      invited_by: caller.actor,
      minutes: resetMinutes,
    });
    const details = { email, twoFactor, invitation: made.invitation.id };
    await writeAudit(trx, { ...caller, action: 'user.reset-link', target: id, details });
    const more = twoFactor ? ', and to sign in without a second factor from then on' : '';
    const sentence = `A link was made for ${email} to choose a new password${more}. Its use ends every session and API token of that user.`;
    await writeEvent(trx, { kind: 'link.made', severity: 'warning', sentence, details: { email, twoFactor } });
    return made;
  });
}

/** Throws `invitation_not_found`. */
export async function removeInvitation(
  deps: ServiceDeps,
  caller: Caller,
  principal: Principal,
  id: string,
): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    await lockCaller(trx, principal, 'user:write');
    const { kind, email } = await deleteInvitation(trx, id);
    const details = { kind, email };
    await writeAudit(trx, { ...caller, action: 'invitation.remove', target: id, details });
    return { removed: id };
  });
}

/** What a link is for; it stays unused. Throws `link_invalid`. */
export async function showLink(
  { db, lookUps }: Pick<ServiceDeps, 'db' | 'lookUps'>,
  secret: string,
): Promise<InvitationShown> {
  const row = await lookUps.run('stranger', () => findOpenInvitation(db, sha256Of(secret)));
  const grants = await namePools(db, grantsIn(row));
  const { kind, email, expiresAt, invitedBy } = invitationView(row, false);
  return { kind, email, invitedBy, expiresAt, grants: [...grants], ends: await endsBy(db, row) };
}

/** What invitations-accept.ts ends of the user whose new password a link is for. */
async function endsBy(
  db: Kysely<Database>,
  { user_id: userId, email, ends_two_factor: twoFactor }: InvitationRow,
): Promise<InvitationShown['ends']> {
  if (userId === null || email === null) return null;
  const sessions = await listSessions(db, userId);
  return {
    sessions: sessions.length,
    apiTokens: await countTokensOf(db, userId),
    links: await countInvitations(db, madeBy(email)),
    twoFactor,
  };
}

/** Stores a link and shows its secret, once. Behind `#`, so that no server and no proxy ever logs it. */
export async function makeLink(
  trx: Transaction<Database>,
  { random, publicUrl }: Pick<ServiceDeps, 'random' | 'publicUrl'>,
  link: Omit<NewInvitation, 'id' | 'secret_sha256'>,
): Promise<InvitationMade> {
  const secret = newSecret(random, 'link');
  const row = await insertInvitation(trx, { ...link, id: newId(random), secret_sha256: sha256Of(secret) });
  return { invitation: invitationView(row, false), link: `${publicUrl}/join#${secret}` };
}

/** The roles that a link gives. Written by us alone: `grants` is what `resolveGrants` returned. */
export function grantsIn({ grants }: Pick<InvitationRow, 'grants'>): readonly Grant[] {
  return grants as readonly Grant[];
}

function invitationView(row: InvitationRow, expired: boolean): InvitationView {
  return {
    id: row.id,
    kind: row.kind as InvitationView['kind'],
    email: row.email,
    grants: [...grantsIn(row)],
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    expired,
  };
}
