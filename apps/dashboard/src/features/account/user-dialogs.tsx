import type { UserView } from '@serverctl/contract';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { peopleApi } from '../../lib/api/people.ts';
import { grantsText } from '../../lib/role-words.ts';
import { countText } from '../../lib/words.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { endedText } from './ended-words.ts';
import { OneTimeLink } from './one-time-link.tsx';
import { usePoolNames } from './pool-names.ts';
import type { UserActProps } from './user-acts.ts';

interface PlainAct {
  readonly title: (user: UserView) => string;
  readonly cost: (user: UserView) => string;
  readonly keep: string;
  readonly verb: (user: UserView) => string;
  readonly destroys?: boolean;
  /** Does it, and says what came of it. */
  readonly call: (user: UserView) => Promise<string>;
}

/** Those that need nothing but a yes. */
export const plainActs: Readonly<Record<'disable' | 'enable' | 'end-sessions' | 'remove', PlainAct>> = {
  disable: {
    title: ({ email }) => `Disable ${email}?`,
    cost: ({ name, sessions }) =>
      `${name} is signed out everywhere (${countText(sessions, 'session')}), and their API tokens stop. The roles stay.`,
    keep: 'Leave it on',
    verb: ({ email }) => `Disable ${email}`,
    destroys: true,
    call: async ({ id }) => {
      const { email } = await peopleApi.setUser(id, { disabled: true });
      return `${email} is disabled: every session is ended, every token suspended.`;
    },
  },
  enable: {
    title: ({ email }) => `Enable ${email}?`,
    cost: ({ name }) => `${name} can sign in again, and their tokens work again.`,
    keep: 'Leave it off',
    verb: ({ email }) => `Enable ${email}`,
    call: async ({ id }) => `${(await peopleApi.setUser(id, { disabled: false })).email} can sign in again.`,
  },
  'end-sessions': {
    title: ({ email }) => `End the sessions of ${email}?`,
    cost: ({ name, sessions }) => `${name} must sign in again wherever they work: ${countText(sessions, 'session')}.`,
    keep: 'Leave them',
    verb: () => 'End the sessions',
    call: async ({ id }) => endedText((await peopleApi.endSessionsOf(id)).ended, 'No session was open.'),
  },
  remove: {
    title: ({ email }) => `Remove ${email}?`,
    cost: ({ name }) => `${name} loses every role, session and API token for good. The audit log stays.`,
    keep: 'Keep the user',
    verb: ({ email }) => `Remove ${email}`,
    destroys: true,
    call: async ({ id, email }) => peopleApi.removeUser(id).then(() => `User ${email} is removed.`),
  },
};

/** Names the person and the roles first: an address alone is easily another's. */
export function PlainActDialog({ plain, user, onChanged, onClose }: UserActProps & { readonly plain: PlainAct }) {
  const nameOf = usePoolNames();
  const act = useAct(() => plain.call(user), onChanged);
  return (
    <ActDialog
      title={plain.title(user)}
      lede={`${user.name}, ${grantsText(user.grants, nameOf)}`}
      needsReason={false}
      typeName={plain === plainActs.remove ? user.email : null}
      keep={plain.keep}
      verb={plain.verb(user)}
      destroys={plain.destroys === true}
      act={act}
      done={(said) => said}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>{plain.cost(user)}</p>
      </Part>
    </ActDialog>
  );
}

/** The present password stays good until the link is used. */
export function ResetDialog({ user, onChanged, onClose }: UserActProps) {
  const [twoFactor, setTwoFactor] = useState(false);
  const act = useAct(() => peopleApi.reset(user.id, { twoFactor }), onChanged);
  return (
    <ActDialog
      title={`Make a link for a new password of ${user.email}?`}
      needsReason={false}
      keep="Make none"
      verb="Make the link"
      act={act}
      mustStay
      done={(made) => <OneTimeLink done={`${user.email} can choose a new password.`} made={made} />}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>
          The present password stays good until the link is used. Its use ends every session and API token of{' '}
          {user.name}. Be sure who asked for it.
        </p>
      </Part>
      {user.twoFactor && (
        <CheckField
          label="Take the authenticator away as well: it is lost too"
          hint={`Whoever has the link then signs in as ${user.email} without the authenticator.`}
          checked={twoFactor}
          onChecked={setTwoFactor}
        />
      )}
    </ActDialog>
  );
}
