import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvitationMade } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Transaction } from 'kysely';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { hasUsers, lockAdministrators } from '../../db/repositories/grants.ts';
import { voidInvitations } from '../../db/repositories/invitations.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { makeLink } from './invitations.ts';
import type { Principal } from './principal.ts';

/*
 * The setup link (R44) makes an administrator of whoever can read this host's terminal or the control plane's own files:
 *
 *   start, and nobody has an account      a new link: to the terminal, where there is one, else to DATA_DIR/setup-link (0600)
 *   start, and somebody has one           none; a file of an earlier start is taken away
 *   a setup link is used, or made anew    the file is taken away, by the process that hears of it
 *   POST /invitations/setup by the host   a new link at any time: the way back in when nobody can sign in any more
 *
 * Only the newest is good, once, for 30 minutes.
 */

export const setupLinkFile = 'setup-link';
export const setupLinkMinutes = 30;

export interface SetupLink {
  readonly link: string;
  /** Where it was written; null where a terminal shows it. */
  readonly path: string | null;
}

export interface SetupLinkOptions extends Pick<ServiceDeps, 'db' | 'random' | 'publicUrl'> {
  readonly dataDir: string;
  /** Standard output is a terminal, which will show the link. */
  readonly terminal: boolean;
}

/** The link when one was made now, else null. Throws when the file cannot be written; then there is no link either. */
export async function ensureSetupLink({ dataDir, terminal, ...deps }: SetupLinkOptions): Promise<SetupLink | null> {
  const path = join(dataDir, setupLinkFile);
  return inTransaction(deps.db, async (trx) => {
    const nobody = !(await hasUsers(trx));
    if (terminal || !nobody) await removeSetupLinkFile(dataDir);
    if (!nobody) return null;
    const { link } = await newSetupLink(trx, deps, { actor: 'system', requestId: null });
    if (!terminal) {
      const draft = `${path}.new`;
      await rm(draft, { force: true }); // one that is there would keep its mode
      await writeFile(draft, `${link}\n`, { mode: 0o600, flag: 'wx' });
      await rename(draft, path);
    }
    return { link, path: terminal ? null : path };
  });
}

/** What it holds is void: a link was used, or a newer one made. */
export async function removeSetupLinkFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, setupLinkFile), { force: true });
}

/** For the host's own administrator token only. Throws `only_on_host`. */
export async function makeSetupLink(deps: ServiceDeps, caller: Caller, principal: Principal): Promise<InvitationMade> {
  if (principal.kind !== 'host') throw new AppError('only_on_host');
  return inTransaction(deps.db, async (trx) => {
    const made = await newSetupLink(trx, deps, caller);
    const sentence = `A link was made on the control plane’s host that makes one more administrator within ${setupLinkMinutes} minutes.`;
    await writeEvent(trx, { kind: 'link.made', severity: 'warning', sentence, details: {} });
    return made;
  });
}

async function newSetupLink(
  trx: Transaction<Database>,
  deps: Pick<ServiceDeps, 'random' | 'publicUrl'>,
  caller: { readonly actor: string; readonly requestId: string | null },
): Promise<InvitationMade> {
  await lockAdministrators(trx); // two that are made at once come one after the other, and one stays
  await voidInvitations(trx, { kind: 'setup' });
  const made = await makeLink(trx, deps, { kind: 'setup', invited_by: caller.actor, minutes: setupLinkMinutes });
  await writeAudit(trx, { ...caller, action: 'setup-link.create', target: made.invitation.id });
  return made;
}
