import type { CredentialView, PreflightView } from '@serverctl/contract';
import { useStale } from '../../lib/act/use-stale.ts';
import { Box } from '../../ui/box.tsx';
import { StateWord } from '../../ui/state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { When } from '../../ui/when.tsx';
import { isPanel } from './panel-draft.ts';
import { CertificateLink } from './provider-failure.tsx';
import { ceilingText, limitText, placeOf, placeWords, settingsFacts } from './providers.ts';
import { Since } from './since.tsx';
import { Fact } from './trial-report.tsx';
import { TrustFact } from './trust-fact.tsx';
import { credentialState, preflightWords, putOffText } from './words.ts';

export interface CredentialCardProps {
  readonly credential: CredentialView;
  /** Why it cannot be changed; null = it can. */
  readonly why: string | null;
}

/** One credential: what it is, how it does, what its provider allows. */
export function CredentialCard({ credential, why }: CredentialCardProps) {
  const { name, settings } = credential;
  const { shape, word } = credentialState(credential);
  return (
    <Box className="cred">
      <article aria-label={name}>
        <header className="row wrap">
          <h2 className="cut" title={name}>
            {name}
          </h2>
          <Tag>{settings.provider}</Tag>
          <span className="grow" />
          <StateWord shape={shape}>{word}</StateWord>
        </header>
        <CredentialFacts credential={credential} />
        <Preflights credential={credential} />
        <Doings credential={credential} why={why} />
      </article>
    </Box>
  );
}

/** What a person might paste. */
const monoFacts: ReadonlySet<string> = new Set(['Key', 'Zone ids', 'User', 'Asked for as']);

/** What it is set up with, and what its provider allows one of them. */
export function CredentialFacts({ credential }: { readonly credential: CredentialView }) {
  const { settings, limit, usedBy, createdAt } = credential;
  return (
    <dl className="facts">
      <Fact word={placeWords[settings.provider]} mono>
        {placeOf(settings)}
      </Fact>
      {settingsFacts(settings).map(([word, value]) => (
        <Fact key={word} word={word} mono={monoFacts.has(word)}>
          {value}
        </Fact>
      ))}
      {isPanel(settings) && <TrustFact settings={settings} />}
      <Fact word="Used by" mono={usedBy.length > 0}>
        {usedBy.length === 0 ? 'no name' : usedBy.join(', ')}
      </Fact>
      <Fact word="Limit">{limitText(limit)}</Fact>
      {limit !== null && <Fact word="Ceiling">{ceilingText(limit)}</Fact>}
      <Fact word="Since">
        <When at={createdAt} />
      </Fact>
    </dl>
  );
}

/** How it did in each zone when it was tried last, as it is again and again in calm. */
export function Preflights({ credential }: { readonly credential: CredentialView }) {
  const { id, preflight = [], usedBy } = credential;
  if (preflight.length === 0)
    return (
      <p className="small dim">
        {usedBy.length === 0
          ? 'It is tried again and again once a managed name uses it.'
          : 'It was not tried by itself yet: that is done within five minutes.'}
      </p>
    );
  return (
    <ul className="list preflights">
      {preflight.map((look) => (
        <Preflight key={look.zone} credentialId={id} look={look} />
      ))}
    </ul>
  );
}

function Preflight({ credentialId, look }: { readonly credentialId: string; readonly look: PreflightView }) {
  const { zone, name, type, state, checkedAt, everySeconds, okAt, message, remedy, findings } = look;
  const { shape, word } = preflightWords[state];
  const putOff = putOffText(look);
  return (
    <li>
      <div className="grow">
        <div className="row wrap">
          <StateWord shape={shape} calm={state === 'ok'} className="small">
            {word}
          </StateWord>
          <span className="small dim wrap-anywhere">
            in <span className="mono">{zone}</span>, tried <Since at={checkedAt} /> ago on{' '}
            <span className="mono">{name}</span> {type}
            {everySeconds !== undefined && `, again within ${Math.ceil(everySeconds / 60)} min while calm`}
          </span>
        </div>
        {state === 'failing' && (
          <p className="small wrap-anywhere mt-1">
            {message} {remedy}{' '}
            {okAt === null ? (
              'It never worked here.'
            ) : (
              <>
                It worked last <Since at={okAt} /> ago.
              </>
            )}
          </p>
        )}
        {look.code === 'dns_panel_untrusted' && <CertificateLink credentialId={credentialId} />}
        {putOff !== null && <p className="small dim wrap-anywhere mt-1">{putOff}</p>}
        {findings.map((finding) => (
          <p key={`${finding.code}${finding.name}${finding.type}`} className="small dim wrap-anywhere mt-1">
            {finding.message} {finding.remedy}
          </p>
        ))}
      </div>
    </li>
  );
}

const doings = [
  ['edit', 'Change…'],
  ['test', 'Try in a zone…'],
  ['remove', 'Remove…'],
] as const;

function Doings({ credential: { id, name }, why: notAllowed }: CredentialCardProps) {
  const stale = useStale();
  const why = notAllowed ?? stale;
  return (
    <footer className="row wrap">
      {doings.map(([open, word]) => (
        <WayLink
          key={open}
          to="/account/credentials"
          search={{ open, credential: id }}
          resetScroll={false}
          className="btn"
          aria-label={`${word.replace('…', '')} ${name}…${why === null ? '' : ` ${why}`}`}
          why={why}
        >
          {word}
        </WayLink>
      ))}
    </footer>
  );
}
