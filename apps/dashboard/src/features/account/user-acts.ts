import type { UserView } from '@serverctl/contract';

export interface UserActProps {
  readonly user: UserView;
  /** What the list shows is not so any more. */
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** What can be done to a user, in the order of the menu: what ends most, last. */
export const userActs = ['roles', 'reset', 'end-sessions', 'disable', 'enable', 'remove'] as const;
export type UserAct = (typeof userActs)[number];

export const userActWords: Readonly<Record<UserAct, string>> = {
  roles: 'Change the roles…',
  reset: 'Link for a new password…',
  'end-sessions': 'End the sessions…',
  disable: 'Disable…',
  enable: 'Enable…',
  remove: 'Remove…',
};
