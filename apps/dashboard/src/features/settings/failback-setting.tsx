import type { PoolView } from '@serverctl/contract';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { refusalText } from '../../lib/refusal.ts';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { isOfValue, type SettingProps } from './setting-props.ts';
import { SettingSection } from './setting-section.tsx';
import { type Setting, useSetting } from './use-setting.ts';
import { localWindow } from './window-words.ts';

type Policy = PoolView['failback']['policy'];

const read = ({ failback: { policy, afterMinutes, window } }: PoolView) => ({
  policy,
  after: String(afterMinutes),
  hasWindow: window !== null,
  from: window?.from ?? '',
  to: window?.to ?? '',
});
type Failback = ReturnType<typeof read>;

const choices: readonly { readonly value: Policy; readonly word: string; readonly lines: readonly string[] }[] = [
  {
    value: 'manual',
    word: 'Manual',
    lines: ['The record stays where a failover brought it, until a person makes the preferred member active.'],
  },
  {
    value: 'automatic',
    word: 'Automatic',
    lines: ['The preferred member, the one with the lowest priority number, becomes active again by itself.'],
  },
  {
    value: 'never',
    word: 'Never',
    lines: ['Nothing goes back, and nobody is waited for: whoever is active stays so.'],
  },
];

/** A window that is not wanted is not sent: it would be stored, and nobody would see it. */
function patch({ policy, after, hasWindow, from, to }: Failback) {
  if (policy !== 'automatic') return { failback: { policy } };
  return { failback: { policy, afterMinutes: Number(after), window: hasWindow ? { from, to } : null } };
}

function words({ policy, after, hasWindow, from, to }: Failback): string {
  if (policy !== 'automatic') return policy;
  return `automatic after ${after} min${hasWindow ? `, ${from} to ${to} UTC` : ''}`;
}

/** Who brings traffic back to the preferred member, and when (R12). */
export function FailbackSetting({ pool, refused }: SettingProps) {
  const setting = useSetting({ pool, read, patch });
  const { shown } = setting;
  const isAutomatic = shown.policy === 'automatic';
  const isOpen = isAutomatic && shown.hasWindow && (shown.from === '' || shown.to === '');
  const isNumber = shown.after.trim() !== '' && Number.isFinite(Number(shown.after));
  const isShown = isAutomatic && isOfValue(setting.error);
  return (
    <SettingSection
      title="Failback"
      lede="What happens when the member comes back that traffic was moved away from."
      setting={setting}
      words={words}
      verb="Save failback"
      refused={refused}
      blocked={isOpen ? 'Not saved: the window needs both times.' : isNumber ? null : 'Not saved: minutes are missing.'}
      isErrorShown={isShown}
    >
      <ChoiceCards
        label="Who goes back"
        choices={choices}
        value={shown.policy}
        disabled={refused !== null || setting.isWorking}
        onValue={(policy) => setting.change({ policy })}
      />
      {isAutomatic && <Automatic setting={setting} refused={refused} error={isShown ? setting.error : null} />}
      {isAutomatic && !pool.automaticFailover && (
        <p className="small dim">Automatic failover is off: until it is on, nothing goes back by itself either.</p>
      )}
    </SettingSection>
  );
}

interface AutomaticProps {
  readonly setting: Setting<Failback>;
  readonly refused: string | null;
  readonly error: unknown;
}

function Automatic({ setting: { shown, change, isWorking }, refused, error }: AutomaticProps) {
  const { store } = useLiveStore();
  const offsetMinutes = -new Date(store.serverNowMs()).getTimezoneOffset();
  const disabled = refused !== null;
  const refusal = error === null ? null : refusalText(error);
  const isOfWindow = refusal?.includes('window') === true;
  return (
    <>
      <TextField
        readOnly={isWorking}
        label="After so many minutes of unbroken health"
        hint="1 to 1440. The failover delay and 10 s of health must fit into it, so that traffic does not go back and forth."
        error={refusal !== null && !isOfWindow ? refusal : null}
        value={shown.after}
        disabled={disabled}
        inputMode="numeric"
        autoComplete="off"
        onValue={(after) => change({ after })}
      />
      <CheckField
        label="Only in a window of the day"
        hint="When few clients notice. Health that is complete outside of it waits for its start."
        checked={shown.hasWindow}
        disabled={disabled || isWorking}
        onChecked={(hasWindow) => change({ hasWindow })}
      />
      {shown.hasWindow && (
        <div className="window">
          <TextField
            readOnly={isWorking}
            label="From, UTC"
            type="time"
            value={shown.from}
            disabled={disabled}
            onValue={(from) => change({ from })}
          />
          <TextField
            readOnly={isWorking}
            label="To, UTC"
            type="time"
            value={shown.to}
            disabled={disabled}
            onValue={(to) => change({ to })}
          />
          <p className="small dim">{localWindow(shown, offsetMinutes)}</p>
        </div>
      )}
      {isOfWindow && <FailureNote error={error} />}
    </>
  );
}
