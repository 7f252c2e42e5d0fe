import type { PanelCertificateInput } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { dnsApi } from '../../lib/api/dns.ts';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state.tsx';
import { CertificateShown } from './certificate-shown.tsx';
import { isPin, type PanelDraft, pairsText, panelPlace, pinOf } from './panel-draft.ts';
import { PinChange } from './pin-change.tsx';
import { ProviderFailure } from './provider-failure.tsx';

export interface CertificateLookProps {
  readonly draft: PanelDraft & { readonly host: string; readonly port: string };
  /** The pin that is stored; null = none. */
  readonly storedPin: string | null;
  /** It is looked at by itself, for it was just found to be another one than is believed. */
  readonly isAuto?: boolean;
  readonly onTrust: (change: Partial<PanelDraft>) => void;
}

/**
 * The certificate that stands there, looked at when a person asks. What is shown is of the place that was asked for: where the form names
 * another one by now, it is gone.
 */
export function CertificateLook({ draft, storedPin, isAuto = false, onTrust }: CertificateLookProps) {
  const place = panelPlace(draft);
  const [asked, setAsked] = useState<PanelCertificateInput | null>(isAuto ? place : null);
  const isHere = asked !== null && JSON.stringify(asked) === JSON.stringify(place);
  const look = useQuery({
    queryKey: ['panel-certificate', asked],
    queryFn: () => (asked === null ? Promise.reject(new Error('nobody asked')) : dnsApi.panelCertificate(asked)),
    enabled: isHere,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const pinned = draft.trust === 'pin' && isPin(draft.pin) ? pinOf(draft.pin) : null;
  const askNow = () => (isHere ? void look.refetch() : setAsked(place));
  const isLooking = isHere && look.isFetching;
  const now = (isHere ? look.data?.sha256 : undefined) ?? pinned;
  return (
    <div className="look grid gap-3" aria-live="polite" aria-busy={isLooking}>
      <div className="row wrap">
        <Button disabled={place === null || isLooking} focusableWhenDisabled onClick={askNow}>
          {isHere && !isLooking ? 'Look again' : 'Look at the certificate'}
        </Button>
        {isLooking ? (
          <StateWord shape="running">Looking at it</StateWord>
        ) : (
          <span className="small dim grow">
            {place === null
              ? 'Give server and port first.'
              : 'A handshake with the server and no more: nothing is sent, nothing is believed.'}
          </span>
        )}
      </div>
      {isHere && look.isError && !look.isFetching && <ProviderFailure error={look.error} />}
      {storedPin !== null && now !== null && now !== storedPin && <PinChange before={storedPin} after={now} />}
      {isHere && look.data !== undefined && !look.isFetching && (
        <CertificateShown
          shown={look.data}
          asked={asked}
          storedPin={storedPin}
          isTrusted={pinned === look.data.sha256}
          onTrust={() => onTrust({ trust: 'pin', pin: pairsText(look.data.sha256) })}
        />
      )}
    </div>
  );
}
