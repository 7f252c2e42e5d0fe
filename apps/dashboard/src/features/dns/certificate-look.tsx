import type { PanelCertificateInput } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { dnsApi } from '../../lib/api/dns.ts';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state.tsx';
import { CertificateShown } from './certificate-shown.tsx';
import { formPin, type PanelDraft, pairsText, panelPlace } from './panel-draft.ts';
import { PinChange, pinChange } from './pin-change.tsx';
import { ProviderFailure } from './provider-failure.tsx';
import { SinceHere } from './since.tsx';

export interface CertificateLookProps {
  readonly draft: PanelDraft & { readonly host: string; readonly port: string };
  /** The pin that is stored; null = none. */
  readonly storedPin: string | null;
  /** It is looked at by itself, for it was just found to be another one than is believed. */
  readonly isAuto?: boolean;
  readonly onTrust: (change: Partial<PanelDraft>) => void;
}

interface Look {
  readonly place: PanelCertificateInput;
  readonly number: number;
}

/**
 * The certificate that stands there, looked at when a person asks. What is shown is of the last look and of the place that was asked for: once
 * it is asked for again, or the form names another place, it is gone. What a look of before found may not be what stands there now.
 */
export function CertificateLook({ draft, storedPin, isAuto = false, onTrust }: CertificateLookProps) {
  const place = panelPlace(draft);
  const id = useId();
  const [asked, setAsked] = useState<Look | null>(isAuto && place !== null ? { place, number: 1 } : null);
  const isHere = asked !== null && JSON.stringify(asked.place) === JSON.stringify(place);
  const look = useQuery({
    // A look of its own each time, in each place of the page: none is another one's answer.
    queryKey: ['panel-certificate', id, asked],
    queryFn: () => (asked === null ? Promise.reject(new Error('nobody asked')) : dnsApi.panelCertificate(asked.place)),
    enabled: isHere,
    staleTime: 0,
    gcTime: 0,
    // It is a handshake with somebody else's server: only a person's word begins one.
    refetchOnReconnect: false,
    retry: false,
  });
  const pinned = formPin(draft);
  const askNow = () => place !== null && setAsked({ place, number: (asked?.number ?? 0) + 1 });
  const isLooking = isHere && look.isFetching;
  const shown = isHere && !look.isFetching && !look.isError ? (look.data ?? null) : null;
  const change = pinChange(storedPin, pinned, shown?.sha256 ?? null);
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
            {shown !== null && (
              <>
                {' '}
                Looked at <SinceHere atMs={look.dataUpdatedAt} /> ago.
              </>
            )}
          </span>
        )}
      </div>
      {isHere && look.isError && !look.isFetching && <ProviderFailure error={look.error} />}
      {change !== null && <PinChange {...change} />}
      {asked !== null && shown !== null && (
        <CertificateShown
          shown={shown}
          asked={asked.place}
          storedPin={storedPin}
          formPin={pinned}
          onTrust={() => onTrust({ trust: 'pin', pin: pairsText(shown.sha256) })}
        />
      )}
    </div>
  );
}
