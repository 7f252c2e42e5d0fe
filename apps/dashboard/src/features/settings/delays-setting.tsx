import type { PoolView } from '@serverctl/contract';
import { refusalText, refusedField } from '../../lib/refusal.ts';
import { TextField } from '../../ui/field.tsx';
import { clientsBackWith } from './failover-words.ts';
import { isOfValue, type SettingProps } from './setting-props.ts';
import { SettingSection } from './setting-section.tsx';
import { useSetting } from './use-setting.ts';

const read = ({ failoverDelaySeconds, haproxyGraceSeconds }: PoolView) => ({
  delay: String(failoverDelaySeconds),
  grace: String(haproxyGraceSeconds),
});
type Delays = ReturnType<typeof read>;

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));
const noNumber = 'Write a number of seconds.';

export function DelaysSetting({ pool, refused }: SettingProps) {
  const patch = ({ delay, grace }: Delays) => ({
    failoverDelaySeconds: Number(delay),
    haproxyGraceSeconds: Number(grace),
  });
  const setting = useSetting({ pool, read, patch });
  const { delay, grace } = setting.shown;
  const isHaproxy = pool.preset === 'haproxy';
  const field = isOfValue(setting.error) ? refusedField(setting.error) : null;
  const errorOf = (text: string, name: string) => {
    if (!isNumber(text)) return noNumber;
    return field?.startsWith(name) === true ? refusalText(setting.error) : null;
  };
  return (
    <SettingSection
      title="When a member counts as lost"
      lede="Changed while a member is silent, it counts from then on; a change alone never moves a record."
      setting={setting}
      words={(value) => `${value.delay} s${isHaproxy ? `, grace ${value.grace} s` : ''}`}
      verb="Save delays"
      refused={refused}
      blocked={isNumber(delay) && isNumber(grace) ? null : 'Not saved: seconds are missing.'}
      isErrorShown={field !== null}
    >
      <TextField
        readOnly={setting.isWorking}
        label="Failover delay, in seconds"
        hint={delayHint(pool, delay)}
        error={errorOf(delay, 'failoverDelay')}
        value={delay}
        disabled={refused !== null}
        inputMode="numeric"
        autoComplete="off"
        onValue={(text) => setting.change({ delay: text })}
      />
      <TextField
        readOnly={setting.isWorking}
        label="HAProxy grace, in seconds"
        hint={graceHint(isHaproxy, grace)}
        error={errorOf(grace, 'haproxyGrace')}
        value={grace}
        disabled={refused !== null}
        inputMode="numeric"
        autoComplete="off"
        onValue={(text) => setting.change({ grace: text })}
      />
    </SettingSection>
  );
}

function delayHint(pool: PoolView, text: string): string {
  if (!isNumber(text)) return '10 to 120.';
  const seconds = Number(text);
  const back = clientsBackWith(pool, seconds);
  const sum = pool.status.bindings.length === 0 ? 'this and the TTL of its name' : `about ${back} s, with the TTL`;
  return `10 to 120. A member that is not heard for ${seconds} s counts as lost; clients are back after ${sum}. Shorter moves on short network trouble, longer leaves clients waiting.`;
}

function graceHint(isHaproxy: boolean, text: string): string {
  if (!isHaproxy) return '0 to 30. Used in HAProxy pools only.';
  if (!isNumber(text)) return '0 to 30, and less than the failover delay.';
  return `0 to 30, and less than the failover delay. HAProxy that systemd reports inactive for longer than ${Number(text)} s makes a member unhealthy; a restart within it moves nothing.`;
}
