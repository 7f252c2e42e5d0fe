import type { InvitationShown } from '@serverctl/contract';
import { Failure } from '../../lib/failure.ts';
import { grantsText, inviterText, type Role, roleWords } from '../../lib/role-words.ts';
import { countText } from '../../lib/words.ts';

/** What the page says of a link, by what it is for. */
export interface JoinWords {
  readonly title: string;
  readonly lede: string;
  /** What it gives, or ends; a line each. */
  readonly facts: readonly string[];
  readonly send: string;
  readonly sending: string;
  readonly done: string;
}

export function joinWords(link: InvitationShown): JoinWords {
  switch (link.kind) {
    case 'setup':
      return {
        title: link.invitedBy === 'system' ? 'Make the first administrator' : 'Become an administrator',
        lede: 'This link works once. After this, people are invited from inside.',
        facts: [],
        send: 'Create and continue',
        sending: 'Creating the account',
        done: 'You are an administrator',
      };
    case 'invitation':
      return {
        title: 'Join ServerCTL',
        lede: `${inviterText(link.invitedBy)} invites you. This link works once.`,
        facts: givenBy(link),
        send: 'Create and continue',
        sending: 'Creating the account',
        done: 'Your account is ready',
      };
    case 'reset':
      return {
        title: 'Choose a new password',
        lede: `${inviterText(link.invitedBy)} made this link. It works once.`,
        facts: endedBy(link),
        send: 'Set the password',
        sending: 'Setting the password',
        done: 'Your new password is set',
      };
  }
}

function givenBy({ grants }: InvitationShown): readonly string[] {
  const names = new Map(grants.map(({ poolId, pool }) => [poolId, pool]));
  const given = grantsText(grants, (id) => names.get(id) ?? id);
  const roles = [...new Set(grants.map(({ role }) => role))];
  return [`You will be ${given}`, ...roles.map((role: Role) => `${capital(role)}: ${roleWords[role].toLowerCase()}`)];
}

/** As things are now: what the use of the link ends. */
function endedBy({ ends }: InvitationShown): readonly string[] {
  if (ends === null) return [];
  const { sessions, apiTokens, links, twoFactor } = ends;
  return [
    ...(sessions > 0 ? [`Ends ${countText(sessions, 'session')} of this account`] : []),
    ...(apiTokens > 0 ? [`Revokes ${countText(apiTokens, 'API token')}`] : []),
    ...(links > 0 ? [`Voids ${countText(links, 'link')} that this account made and nobody has used`] : []),
    ...(twoFactor ? ['Takes the authenticator away: the password alone signs in then'] : []),
  ];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Why there is nothing to fill in. */
export interface StopWords {
  readonly title: string;
  readonly text: string;
  readonly canRetry: boolean;
  readonly canSignIn: boolean;
}

/** The catalogue's remedy is for who runs the control plane; who has a link knows nobody but its sender. */
export function stopWords(error: unknown): StopWords {
  if (!(error instanceof Failure))
    return { title: 'The page itself has failed here', text: 'Reload it.', canRetry: true, canSignIn: false };
  if (error.code === 'link_invalid')
    return {
      title: error.message,
      text: 'Ask whoever sent it to you for a new one. If you have used it before, sign in instead. For the first administrator: restart the control plane, or run serverctl admin setup-link on its host.',
      canRetry: false,
      canSignIn: true,
    };
  if (error.status === 0 || error.code === 'reply_unexpected')
    return {
      title: 'The control plane does not answer',
      text: 'Your link was not used. Check the connection, then try again.',
      canRetry: true,
      canSignIn: false,
    };
  const waits = error.details['retryAfterSeconds'];
  const text = typeof waits === 'number' ? `Try again in ${Math.ceil(waits)} s.` : error.remedy;
  return { title: error.message, text, canRetry: true, canSignIn: false };
}

/** The address came without its secret, or was loaded again after it was read. */
export const notWhole: StopWords = {
  title: 'This link is not whole',
  text: 'The part behind # is missing. It is taken out of the address once it was read, so a page that is loaded again does not have it: copy the whole link, and open it again.',
  canRetry: false,
  canSignIn: true,
};
