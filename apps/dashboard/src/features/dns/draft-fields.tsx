import type { CredentialView } from '@serverctl/contract';
import { TextField } from '../../ui/field.tsx';
import { type CredentialDraft, type DraftField, isMoved, type Problems } from './credential-draft.ts';

export interface CredentialFieldsProps {
  readonly draft: CredentialDraft;
  /** Null = a new one. */
  readonly before: CredentialView | null;
  readonly problems: Problems;
  /** A panel’s certificate was refused just now: that it is shown is the refusal’s part. */
  readonly isUntrusted?: boolean;
  readonly onChange: (change: Partial<CredentialDraft>) => void;
}

/** One line of text of the draft. */
export function textOf({ draft, problems, onChange }: CredentialFieldsProps, field: DraftField) {
  const problem = problems[field];
  return {
    value: draft[field],
    onValue: (value: string) => onChange({ [field]: value }),
    autoComplete: 'off',
    spellCheck: false,
    ...(problem !== undefined && { error: problem }),
  };
}

interface SecretFieldProps extends CredentialFieldsProps {
  readonly label: string;
  readonly hint: string;
}

/** Write-only: what is stored is never shown, so an empty field leaves it as it is. */
export function SecretField({ label, hint, ...props }: SecretFieldProps) {
  const { before, draft } = props;
  const isKept = before !== null && !isMoved(before, draft);
  return (
    <TextField
      label={label}
      type="password"
      {...textOf(props, 'secret')}
      autoComplete="new-password"
      hint={
        isKept
          ? 'Stored encrypted, never shown again. Left empty it stays as it is.'
          : `${hint} Stored encrypted, never shown again.`
      }
    />
  );
}
