import { useState } from 'react';
import { type PasswordOwner, passwordWords } from '../lib/password-words.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';

export interface NewPasswordFieldProps {
  readonly label: string;
  readonly owner: PasswordOwner;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What the control plane says of it. */
  readonly error?: string | null;
  /** Whether it was tried to send it: only then is what is short called wrong. */
  readonly isTried?: boolean;
  readonly big?: boolean;
}

const bars = [1, 2, 3, 4] as const;

/** A password to be: its strength in words, and to be seen where nobody looks over a shoulder. */
export function NewPasswordField(props: NewPasswordFieldProps) {
  const { label, owner, value, onValue, error = null, isTried = false, big = false } = props;
  const [isShown, setShown] = useState(false);
  const { level, text, wrong } = passwordWords(value, owner);
  const said = error ?? (isTried && wrong ? text : null);
  return (
    <div className="new-password">
      <Field label={label} hint={text} error={said}>
        {(ids) => (
          <>
            <input
              {...ids}
              className={`input ${big ? 'big' : ''}`}
              type={isShown ? 'text' : 'password'}
              autoComplete="new-password"
              spellCheck={false}
              autoCapitalize="none"
              value={value}
              onChange={({ target }) => onValue(target.value)}
            />
            <span className="strength" aria-hidden="true">
              {bars.map((bar) => (
                <i key={bar} className={level >= bar ? (wrong ? 'w' : 'f') : undefined} />
              ))}
            </span>
          </>
        )}
      </Field>
      <Button kind="bare" size="tiny" onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide it' : 'Show it'}
      </Button>
    </div>
  );
}
