import { type ComponentProps, type ReactNode, useId } from 'react';

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with what stands there, and what would be right. */
  readonly error?: string | null;
  readonly children: (ids: FieldIds) => ReactNode;
}

/** What ties a control to its words. */
export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

export function Field({ label, hint, error = null, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const isDescribed = hint !== undefined || error !== null;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': isDescribed ? hintId : undefined,
        'aria-invalid': error === null ? undefined : true,
      })}
      {isDescribed && (
        <span id={hintId} className={error === null ? 'hint' : 'hint wrong'}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}

export interface TextFieldProps
  extends Omit<FieldProps, 'children'>,
    Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'id' | 'children'> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly big?: boolean;
}

/** One line of text. */
export function TextField({
  label,
  hint,
  error,
  value,
  onValue,
  big = false,
  className = '',
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} {...(error !== undefined && { error })}>
      {(ids) => (
        <input
          {...ids}
          {...rest}
          className={`input ${big ? 'big' : ''} ${className}`}
          value={value}
          onChange={({ target }) => onValue(target.value)}
        />
      )}
    </Field>
  );
}

export interface LinesFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rows: number;
  readonly readOnly?: boolean;
}

/** Several of a kind, one a line: addresses, ids. */
export function LinesField({ label, hint, error, value, onValue, rows, readOnly = false }: LinesFieldProps) {
  return (
    <Field label={label} hint={hint} {...(error !== undefined && { error })}>
      {(ids) => (
        <textarea
          {...ids}
          className="input mono"
          rows={rows}
          spellCheck={false}
          value={value}
          readOnly={readOnly}
          onChange={({ target }) => onValue(target.value)}
        />
      )}
    </Field>
  );
}

export interface SelectFieldProps<Value extends string> extends Omit<FieldProps, 'children'> {
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly word: string }[];
  readonly onValue: (value: Value) => void;
  readonly disabled?: boolean;
}

/** One of several, by the browser's own list. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, hint, error, value, choices, onValue, disabled } = props;
  return (
    <Field label={label} hint={hint} {...(error !== undefined && { error })}>
      {(ids) => (
        <select
          {...ids}
          className="input"
          value={value}
          disabled={disabled}
          onChange={({ target }) => onValue(target.value as Value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export interface CheckFieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** A yes. */
export function CheckField({ label, hint, checked, onChecked, disabled }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ target }) => onChecked(target.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint !== undefined && (
          <div id={`${id}-hint`} className="hint">
            {hint}
          </div>
        )}
      </div>
    </div>
  );
}
