import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { peopleApi } from '../../lib/api/people.ts';
import { useTitle } from '../../lib/use-title.ts';
import { Skeleton } from '../../ui/absent.tsx';
import { CalmFact } from '../../ui/calm-fact.tsx';
import { Gate } from '../../ui/gate.tsx';
import { JoinForm } from './join-form.tsx';
import { notWhole, stopWords } from './join-words.ts';
import { Joined, type JoinedAs } from './joined.tsx';
import { forgetSecret, takeSecret } from './secret.ts';
import { Stop } from './stop.tsx';
import { TerminalFact } from './terminal-fact.tsx';

/*
 * The page behind a one-time link:
 *
 *   looking ──link is good──→ form ──sent──→ joined (or the gate, where signing in takes a code)
 *      │                       │ refused: stays, with words; a link that is void by now: stop
 *      └──bad, or no answer──→ stop (again, where trying again may help)
 */
export function JoinPage() {
  useTitle('Join');
  const [secret, setSecret] = useState(takeSecret);
  const [joined, setJoined] = useState<JoinedAs | null>(null);
  const [refused, setRefused] = useState<unknown>(null);
  useEffect(() => {
    const open = () => {
      setSecret(takeSecret());
      setJoined(null);
      setRefused(null);
    };
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, []);
  // Never kept: the key of a kept query would have the secret in it.
  const link = useQuery({
    queryKey: ['link', secret],
    queryFn: () => peopleApi.showInvitation(secret),
    enabled: secret !== '' && joined === null,
    gcTime: 0,
    retry: false,
  });
  const fact = link.data?.kind === 'setup' ? <TerminalFact /> : <CalmFact />;
  const done = (as: JoinedAs) => {
    forgetSecret();
    setJoined(as);
  };
  if (joined !== null)
    return (
      <Gate fact={<CalmFact />}>
        <Joined as={joined} />
      </Gate>
    );
  const error = refused ?? link.error;
  if (secret === '' || error !== null)
    return (
      <Gate fact={<CalmFact />}>
        <Stop words={error === null ? notWhole : stopWords(error)} onRetry={() => void link.refetch()} />
      </Gate>
    );
  if (link.data === undefined)
    return (
      <Gate fact={<CalmFact />}>
        <h1>Your link</h1>
        <Skeleton title="Reading what your link is for" />
      </Gate>
    );
  return (
    <Gate fact={fact}>
      <JoinForm key={secret} link={link.data} secret={secret} onJoined={done} onVoid={setRefused} />
    </Gate>
  );
}
