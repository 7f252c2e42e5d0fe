import type { InvitationShown } from '@serverctl/contract';
import { useNavigate } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { Failure } from '../../lib/failure.ts';
import { fieldWords } from '../../lib/field-words.ts';
import { passwordWords } from '../../lib/password-words.ts';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { TextField } from '../../ui/field.tsx';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { When } from '../../ui/when.tsx';
import { type Given, join } from './join.ts';
import { joinWords } from './join-words.ts';
import type { JoinedAs } from './joined.tsx';

export interface JoinFormProps {
  readonly link: InvitationShown;
  readonly secret: string;
  readonly onJoined: (as: JoinedAs) => void;
  /** The link was used or has ended since it was looked at. */
  readonly onVoid: (error: unknown) => void;
}

/** What a link asks for: only what it does not say itself. */
export function JoinForm({ link, secret, onJoined, onVoid }: JoinFormProps) {
  const words = joinWords(link);
  const navigate = useNavigate();
  const [given, setGiven] = useState<Given>({ name: '', email: link.email ?? '', password: '' });
  const [isTried, setTried] = useState(false);
  const act = useAct(async (asked: Given) => {
    const { user, signedIn } = await join(link, secret, asked).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'link_invalid') onVoid(error);
      throw error;
    });
    if (signedIn) return onJoined({ title: words.done, email: user.email, offersSecond: !user.twoFactor });
    await navigate({ to: '/sign-in', state: { email: user.email } });
  });
  const set = (part: Partial<Given>) => setGiven({ ...given, ...part });
  const isReset = link.kind === 'reset';
  const wrongs = {
    name: !isReset && given.name.trim() === '' ? 'Say how you are called.' : null,
    email: /^[^\s@]+@[^\s@]+$/.test(given.email.trim()) ? null : 'Give the e-mail address to sign in with.',
  };
  const said = fieldWords(act.state.kind === 'failed' ? act.state.error : null, ['name', 'email', 'password']);
  const wrong = (field: 'name' | 'email') => said.byField[field] ?? (isTried ? wrongs[field] : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrongs.name === null && wrongs.email === null && !passwordWords(given.password, given).wrong) act.run(given);
  };
  const isWorking = act.state.kind === 'working';
  return (
    <form className="gate-form" noValidate onSubmit={submit}>
      <div>
        <h1>{words.title}</h1>
        <p className="lede">{words.lede}</p>
      </div>
      {words.facts.length > 0 && (
        <ul className="join-facts" aria-label={isReset ? 'What it ends' : 'What you may do'}>
          {words.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
      {!isReset && (
        <TextField
          {...{ label: 'Name', big: true, autoComplete: 'name', maxLength: 100, autoFocus: true }}
          error={wrong('name')}
          value={given.name}
          onValue={(name) => set({ name })}
        />
      )}
      <TextField
        {...{ label: 'E-mail', big: true, type: 'email', autoComplete: 'username', maxLength: 254, spellCheck: false }}
        hint="You sign in with this address."
        readOnly={link.email !== null}
        error={wrong('email')}
        value={given.email}
        onValue={(email) => set({ email })}
      />
      <NewPasswordField
        {...{ label: 'Password', big: true, owner: given, isTried }}
        error={said.byField['password'] ?? null}
        value={given.password}
        onValue={(password) => set({ password })}
      />
      {said.rest !== null && <FailureNote error={said.rest} />}
      <Button type="submit" kind="prime" size="big" disabled={isWorking}>
        {isWorking ? words.sending : words.send}
      </Button>
      <p className="fp">
        <Lock size={14} strokeWidth={1.5} aria-hidden="true" />
        <span>
          The link works until <When at={link.expiresAt} />. {!isReset && 'Next: a second factor.'}
        </span>
      </p>
    </form>
  );
}
