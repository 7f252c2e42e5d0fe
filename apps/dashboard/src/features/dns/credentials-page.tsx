import type { CredentialView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useStale } from '../../lib/act/use-stale.ts';
import { useMayReadCredentials } from '../../lib/pool/use-credentials.ts';
import { credentialsQuery } from '../../lib/queries.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, NotReadAgain, Problem, Refused, Skeleton } from '../../ui/absent.tsx';
import { Box } from '../../ui/box.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { CredentialCard } from './credential-card.tsx';
import { CredentialDialog } from './credential-dialog.tsx';
import { CredentialRemoval } from './credential-removal.tsx';
import { CredentialTrial } from './credential-trial.tsx';
import { credentialReaders, useWhyNoDnsWrite } from './may-write.ts';
import { Resolvers } from './resolvers.tsx';

const route = getRouteApi('/signed-in/account/credentials');

/** What may write at the DNS providers, and who is asked beside the name servers. */
export function CredentialsPage() {
  useTitle('DNS credentials');
  const why = useWhyNoDnsWrite(null);
  const mayRead = useMayReadCredentials();
  const credentials = useQuery({ ...credentialsQuery, enabled: mayRead });
  return (
    <>
      <section aria-labelledby="credentials">
        <div className="sec-h wrap">
          <h1 id="credentials" className="page-h">
            DNS credentials
          </h1>
          <span className="grow" />
          <AddLink why={why} />
        </div>
        {why !== null && <p className="small dim mb-3">{why}</p>}
        {!mayRead && (
          <Box>
            <Refused what="The DNS credentials" readers={credentialReaders} />
          </Box>
        )}
        {mayRead && credentials.isPending && (
          <Box>
            <Skeleton title="Reading the credentials" lines={5} />
          </Box>
        )}
        <NotReadAgain query={credentials} what="The DNS credentials" />
        {credentials.isLoadingError && (
          <Box>
            <Problem error={credentials.error} what="The DNS credentials" onRetry={() => void credentials.refetch()} />
          </Box>
        )}
        {credentials.data !== undefined && <List credentials={credentials.data} why={why} />}
      </section>
      <Resolvers why={why} />
      {credentials.data !== undefined && why === null && <Opened credentials={credentials.data} />}
    </>
  );
}

function AddLink({ why: notAllowed }: { readonly why: string | null }) {
  const stale = useStale();
  return (
    <WayLink to="." search={{ open: 'add' }} className="btn prime" why={notAllowed ?? stale}>
      Add credential…
    </WayLink>
  );
}

function List({ credentials, why }: { readonly credentials: readonly CredentialView[]; readonly why: string | null }) {
  if (credentials.length === 0)
    return (
      <Box>
        <EmptyState title="No credential yet">
          A credential is how records are written at a DNS provider: the TSIG key of a name server, or an API token. It
          is stored encrypted, never shown again, and used by as many names and pools as you like.
        </EmptyState>
      </Box>
    );
  return (
    <div className="grid gap-4">
      {credentials.map((credential) => (
        <CredentialCard key={credential.id} credential={credential} why={why} />
      ))}
    </div>
  );
}

/** The dialog that the address asks for. */
function Opened({ credentials }: { readonly credentials: readonly CredentialView[] }) {
  const { open, credential: id } = route.useSearch();
  const navigate = route.useNavigate();
  const close = () => void navigate({ search: {}, resetScroll: false });
  const credential = credentials.find((one) => one.id === id);
  if (open === 'add') return <CredentialDialog before={null} onClose={close} />;
  if (credential === undefined) return null;
  if (open === 'edit') return <CredentialDialog key={id} before={credential} onClose={close} />;
  if (open === 'test') return <CredentialTrial key={id} credential={credential} onClose={close} />;
  return open === 'remove' ? <CredentialRemoval key={id} credential={credential} onClose={close} /> : null;
}
