import type { TestView } from '@serverctl/contract';
import { StateWord } from '../../ui/state.tsx';
import { serverText, zoneWordsOf } from './zone-servers.ts';

/** Each authoritative name server of the zone by itself: what it answers, and how far it is with the zone. */
export function TestServers({ test: { servers, serial = null } }: { readonly test: TestView }) {
  if (servers.length === 0) return null;
  return (
    <div>
      <p className="small dim">
        The zone’s name servers
        {serial !== null && (
          <>
            ; the provider has serial <span className="mono">{serial}</span>
          </>
        )}
      </p>
      <ul className="list test-servers">
        {servers.map((one) => {
          const { shape, word } = zoneWordsOf(one);
          return (
            <li key={one.server}>
              <div className="grow">
                <div className="row wrap">
                  <span className="mono wrap-anywhere grow">{one.server}</span>
                  <StateWord shape={shape} calm={shape === 'healthy'}>
                    {word}
                  </StateWord>
                </div>
                <p className="dim wrap-anywhere">{serverText(one, serial)}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
