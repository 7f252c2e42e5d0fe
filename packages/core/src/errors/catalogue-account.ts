import type { ErrorSpec } from './categories.ts';

/** Users, signing in, roles, tokens, links, the audit log. */
export const accountErrors = {
  sign_in_refused: {
    category: 'unauthenticated',
    summary: 'The e-mail address or the password is not right.',
    remedy:
      'Try again; after several failures wait as long as the reply says, or ask an administrator for a reset link.',
  },
  password_wrong: {
    category: 'unauthenticated',
    summary: 'The password is not right.',
    remedy:
      'Give the password that you sign in with; after several failures wait as long as the reply says. You stay signed in.',
  },
  second_factor_required: {
    category: 'unauthenticated',
    summary: 'This account signs in with a code as well.',
    remedy: 'Give the six digits of the authenticator, or one of the recovery codes.',
  },
  second_factor_wrong: {
    category: 'unauthenticated',
    summary: 'The code is not right, or was used before.',
    remedy: 'Wait for the next code of the authenticator, check that its clock is right, or use a recovery code.',
  },
  session_ended: {
    category: 'unauthenticated',
    summary: 'This session has expired or was ended.',
    remedy: 'Sign in again.',
  },
  step_up_required: {
    category: 'forbidden',
    summary: 'This needs a new proof of who you are.',
    remedy:
      'Give the password again, and a code or recovery code where the account has them; it holds for ten minutes.',
  },
  not_for_tokens: {
    category: 'forbidden',
    summary: 'No API token may do this.',
    remedy: 'Sign in as a user, or use the administrator token on the control plane’s host.',
  },
  permission_without_pool: {
    category: 'invalid',
    summary: 'A token for named pools cannot have a permission that belongs to no pool.',
    remedy:
      'Leave out --pool (in the API `pools`), or the permissions that the details name; make two tokens if both are needed.',
  },
  only_for_users: {
    category: 'forbidden',
    summary: 'Only a signed-in user can do this.',
    remedy: 'Sign in as a user; a token has no password, second factor or session of its own.',
  },
  only_on_host: {
    category: 'forbidden',
    summary: 'This is done on the control plane’s host only.',
    remedy: 'Run it there as the user that the control plane runs as: `serverctl admin …`.',
  },
  origin_refused: {
    category: 'forbidden',
    summary: 'The request comes from a page of another site.',
    remedy:
      'Use the pages of this control plane; if it is reached under another name, add that to SERVERCTL_PUBLIC_URLS.',
  },
  password_compromised: {
    category: 'invalid',
    summary: 'This password is too easy to guess.',
    remedy:
      'Choose another one: it is made of common words, phrases, repeats or runs of keys, or contains the name or the address of its user.',
  },
  totp_not_begun: {
    category: 'conflict',
    summary: 'No authenticator is being added to this account.',
    remedy: 'Begin anew, add what is shown to the authenticator, and confirm with its code.',
  },
  totp_already_on: {
    category: 'conflict',
    summary: 'This account has an authenticator.',
    remedy: 'Remove it first, then add the new one.',
  },
  user_not_found: {
    category: 'not-found',
    summary: 'No user has this id or e-mail address.',
    remedy: 'List the users and check it.',
  },
  user_exists: {
    category: 'conflict',
    summary: 'There is a user with this e-mail address.',
    remedy: 'Change the roles of that user, or make a reset link if the password was lost.',
  },
  last_administrator: {
    category: 'conflict',
    summary: 'This is the last administrator who can sign in.',
    remedy: 'Make another user an administrator everywhere first.',
  },
  roles_changed: {
    category: 'conflict',
    summary: 'The roles of this user are not those that were shown any more.',
    remedy: 'Look at them again; nothing was changed.',
  },
  grant_repeated: {
    category: 'invalid',
    summary: 'A pool, or everywhere, is named twice.',
    remedy: 'Give one role for each pool.',
  },
  grant_exceeds_own: {
    category: 'forbidden',
    summary: 'This would allow more than you may yourself.',
    remedy: 'Leave out what is named in the details, or ask an administrator.',
  },
  link_invalid: {
    category: 'unauthenticated',
    summary: 'This link is not known, was used before, or has expired.',
    remedy: 'Ask for a new one: an administrator invites again, on the host it is `serverctl admin setup-link`.',
  },
  link_needs_email: {
    category: 'invalid',
    summary: 'The first administrator needs an e-mail address.',
    remedy: 'Give the address to sign in with.',
  },
  invitation_not_found: {
    category: 'not-found',
    summary: 'No open invitation has this id.',
    remedy: 'List the invitations; one that was used is a user now.',
  },
  api_token_not_found: {
    category: 'not-found',
    summary: 'No API token has this id.',
    remedy: 'List the tokens and check the id.',
  },
  event_kind_unknown: {
    category: 'invalid',
    summary: 'There is no event of this kind.',
    remedy: 'Use one of the kinds that `serverctl event kinds` lists.',
  },
  channel_cannot_sign: {
    category: 'conflict',
    summary: 'Only a webhook has a signing secret.',
    remedy: 'Name a channel of kind webhook.',
  },
} as const satisfies Record<string, ErrorSpec>;
