import type { TokenView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery } from '../../lib/queries.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, NotReadAgain, Problem, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';
import { usePoolNames } from './pool-names.ts';
import { tokensQuery } from './queries.ts';
import { MakeTokenDialog, RevokeTokenDialog } from './token-dialogs.tsx';

type Open = 'make' | TokenView | null;

/** Access for programs: narrowed, and with an end. */
export function TokensPage() {
  useTitle('API tokens');
  const { data: me } = useQuery(meQuery);
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [open, setOpen] = useState<Open>(null);
  const changed = () => void queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const close = () => setOpen(null);
  return (
    <div className="acc wide">
      <h1>API tokens</h1>
      <Section
        id="tokens"
        title="Access for programs"
        hint="Each is narrowed, and ends by itself"
        aside={
          <Button kind="prime" size="tiny" onClick={() => setOpen('make')}>
            Make a token…
          </Button>
        }
      >
        <Box>
          <NotReadAgain query={tokens} what="The tokens" />
          {tokens.data === undefined ? (
            tokens.isError ? (
              <Problem error={tokens.error} what="The tokens" onRetry={() => void tokens.refetch()} />
            ) : (
              <Skeleton title="Reading the API tokens" />
            )
          ) : tokens.data.length === 0 ? (
            <EmptyState title="No API token">
              A script or a pipeline uses one in place of a password; the audit log names it.
            </EmptyState>
          ) : (
            <ul className="acc-rows" aria-label="API tokens">
              {tokens.data.map((one) => (
                <TokenRow key={one.id} token={one} onRevoke={() => setOpen(one)} />
              ))}
            </ul>
          )}
        </Box>
      </Section>
      {open === 'make' && me !== undefined && <MakeTokenDialog me={me} onChanged={changed} onClose={close} />}
      {open !== null && open !== 'make' && <RevokeTokenDialog token={open} onChanged={changed} onClose={close} />}
    </div>
  );
}

function TokenRow({ token, onRevoke }: { readonly token: TokenView; readonly onRevoke: () => void }) {
  const nameOf = usePoolNames();
  const { name, owner, permissions, poolIds, createdAt, expiresAt, expired, lastUsedAt, lastUsedFrom } = token;
  return (
    <li>
      <div className="grow">
        <div className="row acc-title">
          <span className="strong">{name}</span>
          <span className="dim">of {owner}</span>
          {expired && <StateWord shape="not-applicable">Ended</StateWord>}
        </div>
        <div className="small">
          <span className="mono">{permissions.join(', ')}</span>
          {poolIds !== null && ` in ${poolIds.map(nameOf).join(', ')}`}
        </div>
        <div className="tiny dimmer">
          Made <When at={createdAt} /> · {expired ? 'ended ' : 'works until '}
          <When at={expiresAt} /> ·{' '}
          {lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <When at={lastUsedAt} />
              {lastUsedFrom !== null && ` from ${lastUsedFrom}`}
            </>
          )}
        </div>
      </div>
      <Button size="tiny" aria-label={`Revoke ${name}`} onClick={onRevoke}>
        Revoke…
      </Button>
    </li>
  );
}
