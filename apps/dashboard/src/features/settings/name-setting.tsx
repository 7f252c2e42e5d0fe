import type { PoolView } from '@serverctl/contract';
import { useLive } from '../../lib/live/use-live.ts';
import { holderOf } from '../../lib/pool/taken.ts';
import { refusalText } from '../../lib/refusal.ts';
import { TextField } from '../../ui/field.tsx';
import { isOfValue, type SettingProps } from './setting-props.ts';
import { SettingSection } from './setting-section.tsx';
import { useSetting } from './use-setting.ts';

const read = ({ name }: PoolView) => ({ name });

export function NameSetting({ pool, refused }: SettingProps) {
  const pools = useLive((state) => state.pools);
  const setting = useSetting({ pool, read, patch: ({ name }) => ({ name: name.trim() }) });
  const holder = holderOf(setting.shown.name, pools?.values() ?? [], pool.id);
  const isRefused = isOfValue(setting.error);
  const taken = holder === null ? null : `The pool ${holder.name} has this name already.`;
  return (
    <SettingSection
      title="Name"
      lede="For people, and for the command line. Links to this page go by the pool’s id and stay as they are."
      setting={setting}
      words={({ name }) => name}
      verb="Save name"
      refused={refused}
      blocked={taken === null ? null : 'Not saved: the name is taken.'}
      isErrorShown={isRefused}
    >
      <TextField
        readOnly={setting.isWorking}
        label="Name of the pool"
        hint="Letters, digits, dots, hyphens and underscores, at most 64."
        error={taken ?? (isRefused ? refusalText(setting.error) : null)}
        value={setting.shown.name}
        disabled={refused !== null}
        autoComplete="off"
        spellCheck={false}
        onValue={(name) => setting.change({ name })}
      />
    </SettingSection>
  );
}
