import type { UserView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery } from '../../lib/queries.ts';
import { useWhyNotAllowed } from '../../lib/use-may.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, NotReadAgain, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { OpenLinks } from './open-links.tsx';
import { invitationsQuery, usersQuery } from './queries.ts';
import { RolesDialog } from './roles-dialog.tsx';
import type { UserAct, UserActProps } from './user-acts.ts';
import { PlainActDialog, plainActs, ResetDialog } from './user-dialogs.tsx';
import { UserRow } from './user-row.tsx';

type Open = { readonly act: 'invite' } | { readonly act: UserAct; readonly user: UserView } | null;

/** Who can sign in, and with which roles; links that are still to be used. */
export function UsersPage() {
  useTitle('Users');
  const { data: me } = useQuery(meQuery);
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const refusal = useWhyNotAllowed('user:write', null);
  const changed = () => {
    for (const { queryKey } of [usersQuery, invitationsQuery, meQuery])
      void queries.invalidateQueries({ queryKey, exact: true });
  };
  const close = () => {
    setOpen(null);
    changed(); // also after a refusal: what was shown may be what was refused
  };
  return (
    <div className="acc wide">
      <h1>Users</h1>
      <Section
        id="users"
        title="Who can sign in"
        aside={
          <Button
            kind="prime"
            size="tiny"
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onClick={() => setOpen({ act: 'invite' })}
          >
            Invite…
          </Button>
        }
      >
        <UserList ownId={me?.userId ?? null} refusal={refusal} onAct={(user, act) => setOpen({ user, act })} />
      </Section>
      <OpenLinks refusal={refusal} />
      {open?.act === 'invite' && <InviteDialog onClose={close} />}
      {open !== null && open.act !== 'invite' && (
        <UserDialog act={open.act} user={open.user} onChanged={changed} onClose={close} />
      )}
    </div>
  );
}

interface UserListProps {
  readonly ownId: string | null;
  readonly refusal: string | null;
  readonly onAct: (user: UserView, act: UserAct) => void;
}

function UserList({ ownId, refusal, onAct }: UserListProps) {
  const users = useQuery(usersQuery);
  if (users.data === undefined)
    return (
      <Box>
        {users.isError ? (
          <Problem
            error={users.error}
            what="The users"
            readers="administrators of all pools"
            onRetry={() => void users.refetch()}
          />
        ) : (
          <Skeleton title="Reading the users" />
        )}
      </Box>
    );
  return (
    <Box>
      <NotReadAgain query={users} what="The users" />
      {users.data.length === 0 ? (
        <EmptyState title="No user yet">
          The host’s own token acts for nobody by name. Invite yourself first.
        </EmptyState>
      ) : (
        <ul className="acc-rows" aria-label="Users">
          {users.data.map((user) => (
            <UserRow
              key={user.id}
              user={user}
              isOwn={user.id === ownId}
              refusal={refusal}
              onAct={(act) => onAct(user, act)}
            />
          ))}
        </ul>
      )}
    </Box>
  );
}

function UserDialog({ act, ...rest }: UserActProps & { readonly act: UserAct }) {
  if (act === 'roles') return <RolesDialog {...rest} />;
  if (act === 'reset') return <ResetDialog {...rest} />;
  return <PlainActDialog plain={plainActs[act]} {...rest} />;
}
