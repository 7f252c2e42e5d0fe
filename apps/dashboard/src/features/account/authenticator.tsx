import type { MeView } from '@serverctl/contract';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { meQuery } from '../../lib/queries.ts';
import { countText } from '../../lib/words.ts';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state.tsx';

const Setup = lazy(async () => ({ default: (await import('./authenticator-setup.tsx')).AuthenticatorSetup }));
const Removal = lazy(async () => ({ default: (await import('./authenticator-removal.tsx')).AuthenticatorRemoval }));
const NewCodes = lazy(async () => ({ default: (await import('./new-codes.tsx')).NewCodes }));

type Open = 'setup' | 'removal' | 'codes' | null;
const fewCodes = 2;

/** The second factor: an authenticator, and the codes for when it is lost. */
export function Authenticator({ me }: { readonly me: MeView }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const changed = () => {
    void queries.invalidateQueries({ queryKey: meQuery.queryKey, exact: true });
  };
  const left = me.recoveryCodesLeft;
  return (
    <Section id="authenticator" title="Two-factor sign-in">
      <Box className="acc-box">
        {me.twoFactor ? (
          <>
            <div>
              <StateWord shape="healthy">On</StateWord>{' '}
              <span className="dim">
                Signing in takes the password and a code. {countText(left, 'recovery code')} left
                {left <= fewCodes && ': make new ones'}.
              </span>
            </div>
            <div className="row acc-acts">
              <Button onClick={() => setOpen('codes')}>New recovery codes…</Button>
              <Button onClick={() => setOpen('removal')}>Remove the authenticator…</Button>
            </div>
          </>
        ) : (
          <>
            <div>
              <StateWord shape="needs-you">Off</StateWord>{' '}
              <span className="dim">The password alone signs in: whoever learns it is you.</span>
            </div>
            <div className="row acc-acts">
              <Button kind="prime" onClick={() => setOpen('setup')}>
                Set up an authenticator…
              </Button>
            </div>
          </>
        )}
      </Box>
      <Suspense fallback={null}>
        {open === 'setup' && <Setup email={me.email ?? me.name} onChanged={changed} onClose={close} />}
        {open === 'removal' && <Removal onChanged={changed} onClose={close} />}
        {open === 'codes' && <NewCodes email={me.email ?? me.name} onChanged={changed} onClose={close} />}
      </Suspense>
    </Section>
  );
}
