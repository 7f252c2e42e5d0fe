import type { EventSpec } from './event-spec.ts';

/**
 * The control plane's own house: who is told, who may do what, what was done. Their sentences name people, their addresses and where they came
 * from, so they are for those who may see users, channels and the audit log themselves (R39). Who acted on a pool is no secret among those
 * who see it: its events, its promotions and a release of the brakes say so.
 */
export const houseEvents = {
  'channel.added': { seenWith: 'channel:read', severity: 'info', summary: 'A notification channel was added.' },
  'channel.changed': {
    seenWith: 'channel:read',
    severity: 'info',
    summary: 'A notification channel was changed, enabled or disabled.',
  },
  'channel.removed': { seenWith: 'channel:read', severity: 'info', summary: 'A notification channel was removed.' },
  'channel.test': { seenWith: 'channel:read', severity: 'info', summary: 'A person has tried a notification channel.' },
  'channel.failing': {
    seenWith: 'channel:read',
    severity: 'warning',
    summary: 'A notification channel has not taken a notice three times in a row; it is not told of this itself.',
    recoveredBy: 'channel.recovered',
  },
  'channel.recovered': {
    seenWith: 'channel:read',
    severity: 'info',
    summary: 'A notification channel takes notices again.',
  },
  'user.invited': { seenWith: 'user:read', severity: 'info', summary: 'Somebody was invited to become a user.' },
  'user.joined': {
    seenWith: 'user:read',
    severity: 'info',
    summary: 'Somebody has accepted a link and is a user now.',
  },
  'user.removed': { seenWith: 'user:read', severity: 'info', summary: 'A user was removed.' },
  'user.disabled': { seenWith: 'user:read', severity: 'info', summary: 'A user was disabled, or may sign in again.' },
  'user.roles-changed': { seenWith: 'user:read', severity: 'warning', summary: 'A user’s roles were changed.' },
  'user.sign-in-limited': {
    seenWith: 'user:read',
    severity: 'warning',
    summary: 'So many attempts to sign in have failed that the next ones must wait.',
  },
  'user.new-place': {
    seenWith: 'user:read',
    severity: 'info',
    summary: 'A user has signed in from a place for the first time in 30 days.',
  },
  'user.password-changed': { seenWith: 'user:read', severity: 'info', summary: 'A user has changed the password.' },
  'user.second-factor-added': {
    seenWith: 'user:read',
    severity: 'info',
    summary: 'A user has added a second factor to the account.',
  },
  'user.second-factor-removed': {
    seenWith: 'user:read',
    severity: 'warning',
    summary: 'A user signs in without a second factor from now on.',
  },
  'user.password-reset': {
    seenWith: 'user:read',
    severity: 'info',
    summary: 'A user has chosen a new password by a one-time link.',
  },
  'token.created': { seenWith: 'user:read', severity: 'info', summary: 'An API token was made.' },
  'token.revoked': { seenWith: 'user:read', severity: 'info', summary: 'An API token was revoked.' },
  'link.made': {
    seenWith: 'user:read',
    severity: 'warning',
    summary: 'A one-time link was made by which somebody becomes an administrator or chooses a new password.',
  },
  'audit.chain-broken': {
    seenWith: 'audit:read',
    severity: 'critical',
    summary: 'The audit log is not what was sealed: an entry was changed, or one is missing.',
  },
  'audit.unsealed': {
    seenWith: 'audit:read',
    severity: 'critical',
    summary: 'For 30 s nothing was sealed in the audit log though entries wait for it.',
    recoveredBy: 'audit.sealed',
  },
  'audit.sealed': { seenWith: 'audit:read', severity: 'info', summary: 'The audit log is sealed again.' },
} as const satisfies Record<string, EventSpec>;
