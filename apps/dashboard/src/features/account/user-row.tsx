import { Menu } from '@base-ui/react/menu';
import type { UserView } from '@serverctl/contract';
import { grantsText } from '../../lib/role-words.ts';
import { countText } from '../../lib/words.ts';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { When } from '../../ui/when.tsx';
import { usePoolNames } from './pool-names.ts';
import { type UserAct, userActs, userActWords } from './user-acts.ts';

export interface UserRowProps {
  readonly user: UserView;
  readonly isOwn: boolean;
  /** Why nothing can be done; null = it can. */
  readonly refusal: string | null;
  readonly onAct: (act: UserAct) => void;
}

export function UserRow({ user, isOwn, refusal, onAct }: UserRowProps) {
  const nameOf = usePoolNames();
  const { name, email, grants, twoFactor, disabled, lastSeenAt, sessions } = user;
  return (
    <li>
      <div className="grow">
        <div className="row acc-title">
          <span className="strong">{name}</span>
          <span className="dim">{email}</span>
          {isOwn && <Tag active>You</Tag>}
          {disabled && <StateWord shape="maintenance">Disabled</StateWord>}
        </div>
        <div className="small">{grantsText(grants, nameOf)}</div>
        <div className="tiny dimmer">
          Two-factor sign-in {twoFactor ? 'on' : 'off'} · {countText(sessions, 'session')} ·{' '}
          {lastSeenAt === null ? (
            'never seen'
          ) : (
            <>
              last seen <When at={lastSeenAt} />
            </>
          )}
        </div>
      </div>
      <Menu.Root>
        <Menu.Trigger
          className="btn tiny"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          aria-label={`Change ${email}`}
        >
          Change
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="z-20" side="bottom" align="end" sideOffset={6}>
            <Menu.Popup className="menu">
              {userActs
                .filter((act) => act !== (disabled ? 'disable' : 'enable'))
                .map((act) => (
                  <Menu.Item key={act} className="menu-item" onClick={() => onAct(act)}>
                    {userActWords[act]}
                  </Menu.Item>
                ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </li>
  );
}
