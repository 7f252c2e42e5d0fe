import type { CredentialView, PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useStale } from '../../lib/act/use-stale.ts';
import { useCredentials, useMayReadCredentials } from '../../lib/pool/use-credentials.ts';
import { usePool } from '../../lib/pool/use-pool.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, NotReadAgain, Problem, Refused, Skeleton } from '../../ui/absent.tsx';
import { ActLink } from '../../ui/act-link.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { StateWord } from '../../ui/state.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { CredentialFacts, Preflights } from './credential-card.tsx';
import { credentialReaders, useWhyNoDnsWrite, useWhyNoPromotion } from './may-write.ts';
import { NameSection } from './name-section.tsx';
import { credentialState, recordsByName } from './words.ts';

/** Each managed name as it is, as it should be, and as each name server answers; beside it what may write it. */
export function DnsPage() {
  const pool = usePool();
  useTitle(`DNS of ${pool.name}`);
  const names = recordsByName(pool);
  const why = useWhyNoDnsWrite(pool.id);
  return (
    <div className="dns">
      <div className="dns-names">
        <FirstPublishLine pool={pool} />
        {names.length === 0 ? (
          <Section id="names" title="Managed names">
            <Box>
              <EmptyState title="No managed name yet">
                A managed name is what clients use: its A or AAAA holds the active member’s address, and moves with it.
                The zone is tried at once by a real read; nothing is written before the first publish.
              </EmptyState>
              <div className="pane-act">
                <ActLink act="add-name" kind="prime" why={why}>
                  Add name…
                </ActLink>
              </div>
            </Box>
          </Section>
        ) : (
          <>
            {names.map((one) => (
              <NameSection key={one.name} pool={pool} named={one} why={why} />
            ))}
            <div>
              <ActLink act="add-name" why={why}>
                Add name…
              </ActLink>
            </div>
          </>
        )}
      </div>
      <Credentials pool={pool} />
    </div>
  );
}

/** Before it nothing is written, whatever stands in the records. */
function FirstPublishLine({ pool }: { readonly pool: PoolView }) {
  const why = useWhyNoPromotion(pool.id);
  if (pool.activeMemberId !== null || pool.status.bindings.length === 0) return null;
  return (
    <div className="note">
      <div className="grow">
        <b>Nothing is published yet.</b> The first publish reads the records, proposes a member, and asks before it
        writes.
      </div>
      <ActLink act="first-publish" kind="prime" why={why}>
        First publish…
      </ActLink>
    </div>
  );
}

/** Of this pool’s names; those that nothing here uses are on the account’s page. */
function Credentials({ pool }: { readonly pool: PoolView }) {
  const credentials = useCredentials(pool);
  const mayRead = useMayReadCredentials();
  const used = new Set(pool.status.bindings.map(({ credentialId }) => credentialId));
  const own = credentials.data?.filter(({ id }) => used.has(id)) ?? [];
  return (
    <Section
      id="credential"
      title="Credential"
      className="dns-side"
      aside={
        <Link to="/account/credentials" className="more">
          All credentials
        </Link>
      }
    >
      <Box>
        {!mayRead && <Refused what="The credential" readers={credentialReaders} />}
        {mayRead && credentials.isPending && <Skeleton title="Reading the credential" lines={5} />}
        <NotReadAgain query={credentials} what="The credentials" />
        {credentials.isLoadingError && (
          <Problem error={credentials.error} what="The credential" onRetry={() => void credentials.refetch()} />
        )}
        {credentials.data !== undefined && own.length === 0 && <NoCredential all={credentials.data} />}
        {own.map((credential) => (
          <OneCredential key={credential.id} credential={credential} />
        ))}
      </Box>
    </Section>
  );
}

function NoCredential({ all }: { readonly all: readonly CredentialView[] }) {
  return all.length === 0 ? (
    <EmptyState title="No credential yet">
      How records are written at your DNS provider: a TSIG key or an API token. Adding a name asks for one.
    </EmptyState>
  ) : (
    <EmptyState title="None is in use here">A name that is added chooses one of those that there are.</EmptyState>
  );
}

function OneCredential({ credential }: { readonly credential: CredentialView }) {
  const { shape, word } = credentialState(credential);
  const notAllowed = useWhyNoDnsWrite(null);
  const stale = useStale();
  const why = notAllowed ?? stale;
  return (
    <article className="cred" aria-label={`Credential ${credential.name}`}>
      <header className="row wrap">
        <h3 className="cut" title={credential.name}>
          {credential.name}
        </h3>
        <span className="grow" />
        <StateWord shape={shape}>{word}</StateWord>
      </header>
      <Preflights credential={credential} />
      <CredentialFacts credential={credential} />
      <footer>
        <WayLink
          to="/account/credentials"
          search={{ open: 'test', credential: credential.id }}
          className="btn tiny"
          why={why}
        >
          Try in a zone…
        </WayLink>
      </footer>
    </article>
  );
}
