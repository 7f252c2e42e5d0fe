import { FailureNote } from '../../ui/failure-note.tsx';
import { CheckField, LinesField, SelectField, TextField } from '../../ui/field.tsx';
import { type MemberField, type MemberForm, refusalIn } from './member-form.ts';

export interface MemberFieldsProps {
  readonly form: MemberForm;
  readonly onForm: (form: MemberForm) => void;
  /** Why the server refused what stood there; null = it did not. */
  readonly error: unknown;
  /** What the form itself says of what stands there. */
  readonly faults: ReadonlyMap<MemberField, string>;
  /** The template is chosen once. */
  readonly isNew: boolean;
}

const templates = [
  { value: 'haproxy-balancer', word: 'HAProxy balancer' },
  { value: 'linux-server', word: 'Linux server' },
] as const;

/** Everything that a person decides about a member. */
export function MemberFields({ form, onForm, error, faults, isNew }: MemberFieldsProps) {
  const refusal = refusalIn(error);
  const wrong = (field: MemberField) => faults.get(field) ?? (refusal?.field === field ? refusal.words : null);
  const text = (field: Exclude<MemberField, 'monitored' | 'template' | 'egress'>) => ({
    value: form[field],
    error: wrong(field),
    autoComplete: 'off',
    spellCheck: false,
    onValue: (value: string) => onForm({ ...form, [field]: value }),
  });
  return (
    <div className="member-form">
      <div className="whole">
        <TextField
          label="Hostname"
          hint="What the host calls itself: hostname -f."
          className="mono"
          maxLength={253}
          required
          autoFocus={isNew}
          {...text('hostname')}
        />
      </div>
      <div className="whole">
        <LinesField
          label="May call from"
          hint="Addresses or CIDR ranges that its agent is seen from, IPv4 and IPv6, one a line."
          error={wrong('egress')}
          rows={2}
          value={form.egress}
          onValue={(egress) => onForm({ ...form, egress })}
        />
      </div>
      <TextField
        label="Public IPv4"
        hint="Where clients reach it. Empty: as its agent says, or as it is seen."
        className="mono"
        {...text('ipv4')}
      />
      <TextField label="Public IPv6" hint="The same for IPv6." className="mono" {...text('ipv6')} />
      {isNew && (
        <SelectField
          label="Role"
          hint="What the host is; it stays so."
          value={form.template}
          choices={templates}
          error={wrong('template')}
          onValue={(template) => onForm({ ...form, template, monitored: template === 'haproxy-balancer' })}
        />
      )}
      <TextField
        label="Priority"
        hint="Of the ready standbys the lowest number takes over: 1 to 9999."
        inputMode="numeric"
        {...text('priority')}
      />
      <TextField
        label="Zone"
        hint="What fails together, such as a data centre. Empty: unlabelled."
        maxLength={64}
        {...text('zone')}
      />
      <TextField label="Units" hint="systemd units to watch." className="mono" {...text('units')} />
      <div className="whole">
        <CheckField
          label="HAProxy counts as health"
          hint="systemd’s word about these units decides whether the member can serve."
          checked={form.monitored}
          onChecked={(monitored) => onForm({ ...form, monitored })}
        />
      </div>
      {error !== null && refusal === null && (
        <div className="whole">
          <FailureNote error={error} />
        </div>
      )}
    </div>
  );
}
