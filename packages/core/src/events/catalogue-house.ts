import type { EventSpec } from './event-spec.ts';

/** The control plane's own house: who is told, who may do what, what was done. */
export const houseEvents = {
  'channel.added': { severity: 'info', summary: 'A notification channel was added.' },
  'channel.changed': { severity: 'info', summary: 'A notification channel was changed, enabled or disabled.' },
  'channel.removed': { severity: 'info', summary: 'A notification channel was removed.' },
  'channel.test': { severity: 'info', summary: 'A person has tried a notification channel.' },
  'channel.failing': {
    severity: 'warning',
    summary: 'A notification channel has not taken a notice three times in a row; it is not told of this itself.',
    recoveredBy: 'channel.recovered',
  },
  'channel.recovered': { severity: 'info', summary: 'A notification channel takes notices again.' },
  'user.invited': { severity: 'info', summary: 'Somebody was invited to become a user.' },
  'user.joined': { severity: 'info', summary: 'Somebody has accepted a link and is a user now.' },
  'user.removed': { severity: 'info', summary: 'A user was removed.' },
  'user.disabled': { severity: 'info', summary: 'A user was disabled, or may sign in again.' },
  'user.roles-changed': { severity: 'warning', summary: 'A user’s roles were changed.' },
  'user.sign-in-limited': {
    severity: 'warning',
    summary: 'So many attempts to sign in have failed that the next ones must wait.',
  },
  'user.second-factor-removed': {
    severity: 'warning',
    summary: 'A user signs in without a second factor from now on.',
  },
  'user.password-reset': { severity: 'info', summary: 'A user has chosen a new password by a one-time link.' },
  'token.created': { severity: 'info', summary: 'An API token was made.' },
  'token.revoked': { severity: 'info', summary: 'An API token was revoked.' },
  'link.made': {
    severity: 'warning',
    summary: 'A one-time link was made by which somebody becomes an administrator or chooses a new password.',
  },
  'audit.chain-broken': {
    severity: 'critical',
    summary: 'The audit log is not what was sealed: an entry was changed, or one is missing.',
  },
} as const satisfies Record<string, EventSpec>;
