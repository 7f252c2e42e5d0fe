import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { useMayReadCredentials } from '../../lib/pool/use-credentials.ts';
import { NotReadAgain, Problem, Refused, Skeleton } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { LinesField } from '../../ui/field.tsx';
import { ProofForm } from '../../ui/proof-form.tsx';
import { credentialReaders } from './may-write.ts';
import { resolversQuery } from './queries.ts';

/** Who is asked beside the name servers, for people to see. */
export function Resolvers({ why }: { readonly why: string | null }) {
  const mayRead = useMayReadCredentials();
  const resolvers = useQuery({ ...resolversQuery, enabled: mayRead });
  return (
    <Section id="resolvers" title="Recursive resolvers" hint="what caches hold, shown beside a name" className="sec">
      <Box className="pad-all">
        {!mayRead && <Refused what="The resolvers" readers={credentialReaders} />}
        {mayRead && resolvers.isPending && <Skeleton title="Reading the resolvers" lines={2} />}
        <NotReadAgain query={resolvers} what="The resolvers" />
        {resolvers.isLoadingError && (
          <Problem error={resolvers.error} what="The resolvers" onRetry={() => void resolvers.refetch()} />
        )}
        {resolvers.data !== undefined && (
          <ResolversForm key={resolvers.data.join()} stored={resolvers.data} why={why} />
        )}
      </Box>
    </Section>
  );
}

function ResolversForm({ stored, why }: { readonly stored: readonly string[]; readonly why: string | null }) {
  const queries = useQueryClient();
  const [text, setText] = useState(stored.join('\n'));
  const wanted = text.split(/[\s,]+/).filter((one) => one !== '');
  const stale = useStale();
  const off = why ?? stale;
  const act = useAct<null, unknown>(
    () => dnsApi.setResolvers({ resolvers: wanted, expect: [...stored] }),
    () => void queries.invalidateQueries({ queryKey: resolversQuery.queryKey }),
  );
  if (act.state.kind === 'proof')
    return <ProofForm onProven={stale === null ? act.goOn : act.reset} onBack={act.reset} />;
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (off === null) act.run(null);
      }}
    >
      <LinesField
        label="Addresses, a line each"
        hint="For information only: no failover, alert or state depends on what they answer. 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353; eight at most, none asks nobody."
        rows={3}
        value={text}
        readOnly={why !== null}
        onValue={setText}
      />
      {act.state.kind === 'failed' && <FailureNote error={act.state.error} />}
      <div className="row wrap">
        <Button
          type="submit"
          disabled={off !== null || act.state.kind === 'working' || wanted.join() === stored.join()}
          title={off ?? undefined}
        >
          Save resolvers
        </Button>
        <span className="small dim" role="status">
          {off ?? (stored.length === 0 ? 'No resolver is asked.' : '')}
        </span>
      </div>
    </form>
  );
}
