import type { AcceptInput, InvitationView, UserView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { grantsThatStand, lockAdministrators, writeGrants } from '../../db/repositories/grants.ts';
import {
  findOpenInvitation,
  type InvitationRow,
  madeBy,
  useInvitation,
  type Voided,
  voidInvitations,
} from '../../db/repositories/invitations.ts';
import { deleteRecoveryCodes } from '../../db/repositories/recovery-codes.ts';
import { deleteTokensOf } from '../../db/repositories/tokens-of-user.ts';
import { databaseNow, getUser, insertUser, lockUser, type UserRow, updateUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import { newId } from '../../platform/random.ts';
import type { ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { administratorEverywhere, grantSentence, grantWords } from './grants.ts';
import { grantsIn } from './invitations.ts';
import { orGone } from './lock-caller.ts';
import { judgePassword } from './passwords.ts';
import { sha256Of } from './secret.ts';
import { endSessionsOf } from './sessions.ts';
import { getUserView } from './users-view.ts';

type Accepted = z.output<typeof AcceptInput>;

/** Whoever the password is for. */
interface Person {
  readonly email: string;
  readonly name: string;
}

/** What the transaction of an accepted link has at hand. */
interface Accepting {
  readonly trx: Transaction<Database>;
  /** The link's own name in the audit log: whoever has it is known by nothing else. */
  readonly caller: { readonly actor: string; readonly requestId: string };
  readonly person: Person;
  readonly passwordHash: string;
}

/** What came of a link. */
export interface LinkUsed {
  readonly user: UserView;
  readonly kind: InvitationView['kind'];
}

/**
 * Uses a link up, and does what it was made for. The slow hash is made before the transaction and for a good link only: a stranger's guess
 * costs one look. Of two requests with one link one is `link_invalid`, and a refusal leaves the link as it was.
 */
export async function acceptLink(deps: ServiceDeps, requestId: string, input: Accepted): Promise<LinkUsed> {
  const sha256 = sha256Of(input.secret);
  const open = await deps.lookUps.run('stranger', () => findOpenInvitation(deps.db, sha256));
  const person = await personOf(deps, open, input);
  judgePassword(input.password, person);
  const passwordHash = await deps.passwords.hash(input.password, 'proven');
  const userId = await inTransaction(deps.db, async (trx) => {
    await lockAdministrators(trx); // the order of lock-caller.ts: this one, the user's row, then links
    const owner = open.user_id === null ? null : await orGone(lockUser(trx, open.user_id), 'link_invalid');
    const link = await useInvitation(trx, sha256);
    await voidInvitations(trx, siblingsOf(link, person));
    const caller = { actor: `link:${link.id}`, requestId };
    const accepting = { trx, caller, person, passwordHash };
    return owner === null ? join(accepting, link, newId(deps.random)) : resetPassword(accepting, link, owner);
  });
  return { user: await getUserView(deps, userId), kind: open.kind as LinkUsed['kind'] };
}

/** Other links for the same: a reset's by its user, else by the address that is somebody's from now on. */
function siblingsOf({ user_id: userId }: InvitationRow, { email }: Person): Voided {
  return userId === null ? { kind: 'invitation', email } : { kind: 'reset', userId };
}

async function personOf({ db }: ServiceDeps, link: InvitationRow, { email, name }: Accepted): Promise<Person> {
  const fields: string[] = [];
  if (link.email !== null && email !== undefined && email !== link.email)
    fields.push('body.email: must be left out, or be the address that the link is for');
  if (link.kind === 'reset' && name !== undefined)
    fields.push('body.name: must be left out; this link is for a new password only');
  if (fields.length > 0) throw new AppError('request_invalid', { fields });
  if (link.user_id !== null) return orGone(getUser(db, link.user_id), 'link_invalid');
  const address = link.email ?? email;
  if (address === undefined) throw new AppError('link_needs_email');
  return { email: address, name: name ?? address };
}

async function join(
  { trx, caller, person: { email, name }, passwordHash }: Accepting,
  link: InvitationRow,
  id: string,
): Promise<string> {
  const wanted = link.kind === 'setup' ? [administratorEverywhere] : grantsIn(link);
  const grants = await grantsThatStand(trx, wanted);
  await insertUser(trx, { id, email, name });
  await updateUser(trx, id, { password_hash: passwordHash, password_changed_at: databaseNow });
  await writeGrants(trx, id, grants);
  const details = { email, link: link.kind, invitedBy: link.invited_by, grants: await grantWords(trx, grants) };
  await writeAudit(trx, { ...caller, action: 'user.join', target: id, details });
  const sentence = `${email} has joined as ${await grantSentence(trx, grants)}; invited by ${link.invited_by}.`;
  await writeEvent(trx, { kind: 'user.joined', severity: 'info', sentence, details });
  return id;
}

/**
 * Whoever held the old password is out, with all that could be made by it: sessions, API tokens, links. The second factor stays unless the
 * link was made to end it.
 */
async function resetPassword(
  { trx, caller, person: { email }, passwordHash }: Accepting,
  { ends_two_factor: endsTwoFactor }: InvitationRow,
  { id, totp_confirmed_at: onSince }: UserRow,
): Promise<string> {
  await updateUser(trx, id, { password_hash: passwordHash, password_changed_at: databaseNow });
  if (endsTwoFactor) {
    await updateUser(trx, id, { totp_secret: null, totp_confirmed_at: null });
    await deleteRecoveryCodes(trx, id);
  }
  const ended = await endSessionsOf(trx, id, null);
  const tokensEnded = await deleteTokensOf(trx, id);
  const linksVoided = await voidInvitations(trx, madeBy(email));
  const details = { email, endsTwoFactor, ended, tokensEnded, linksVoided };
  await writeAudit(trx, { ...caller, action: 'user.reset-password', target: id, details });
  const sentence = `${email} has a new password by a one-time link; ${endedWords({ ended, tokensEnded, linksVoided })}`;
  await writeEvent(trx, { kind: 'user.password-reset', severity: 'info', sentence, details });
  if (endsTwoFactor && onSince !== null) {
    const without = `${email} signs in without a second factor from now on.`;
    await writeEvent(trx, {
      kind: 'user.second-factor-removed',
      severity: 'warning',
      sentence: without,
      details: { email },
    });
  }
  return id;
}

/** Whose scripts stop now reads it here: the number is there also when it is none. */
function endedWords(ended: Record<'ended' | 'tokensEnded' | 'linksVoided', number>): string {
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;
  const [sessions, tokens] = [count(ended.ended, 'session'), count(ended.tokensEnded, 'API token')];
  const links = ended.linksVoided === 0 ? '' : `, and ${count(ended.linksVoided, 'link')} made by that user ended too`;
  return `${sessions} and ${tokens} of that user have ended${links}.`;
}
