import type { MeView, PasswordChanged } from '@serverctl/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { fieldWords } from '../../lib/field-words.ts';
import { passwordWords } from '../../lib/password-words.ts';
import { Box, Section } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { Note } from '../../ui/note.tsx';
import { endedText, tokensText } from './ended-words.ts';
import { sessionsQuery } from './queries.ts';

/** The new password is in force at once; every other session ends with the old one (R39). */
export function OwnPassword({ me }: { readonly me: MeView }) {
  const queries = useQueryClient();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [endTokens, setEndTokens] = useState(false);
  const [isTried, setTried] = useState(false);
  const owner = { email: me.email ?? '', name: me.name };
  const act = useAct(sessionApi.setPassword, () => {
    setCurrent('');
    setNext('');
    setTried(false);
    void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current !== '' && !passwordWords(next, owner).wrong) act.run({ current, next, endTokens });
  };
  const said = fieldWords(act.state.kind === 'failed' ? act.state.error : null, ['next']);
  return (
    <Section id="password" title="Password">
      <Box className="acc-box">
        {act.state.kind === 'done' && <Changed changed={act.state.result} />}
        <form className="acc-form" noValidate onSubmit={submit}>
          <input
            className="vh"
            type="text"
            autoComplete="username"
            readOnly
            tabIndex={-1}
            aria-hidden="true"
            value={owner.email}
          />
          <TextField
            label="Present password"
            type="password"
            autoComplete="current-password"
            error={isTried && current === '' ? 'Give the password that you have now.' : null}
            value={current}
            onValue={setCurrent}
          />
          <NewPasswordField
            label="New password"
            owner={owner}
            isTried={isTried}
            error={said.byField['next'] ?? null}
            value={next}
            onValue={setNext}
          />
          <CheckField
            label="Somebody may have had the old one"
            hint="Revokes your API tokens as well, and voids the links that you made and nobody has used."
            checked={endTokens}
            onChecked={setEndTokens}
          />
          {said.rest !== null && <FailureNote error={said.rest} />}
          <div className="row">
            <Button type="submit" disabled={act.state.kind === 'working'}>
              {act.state.kind === 'working' ? 'Changing the password' : 'Change the password'}
            </Button>
            <span className="small dimmer">Your other sessions end.</span>
          </div>
        </form>
      </Box>
    </Section>
  );
}

function Changed({ changed }: { readonly changed: PasswordChanged }) {
  return (
    <div role="status">
      <Note shape="healthy">
        <b>The password is changed.</b> {endedText(changed.ended)} {tokensText(changed)}
      </Note>
    </div>
  );
}
