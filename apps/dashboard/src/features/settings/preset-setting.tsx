import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { membersApi } from '../../lib/api/members.ts';
import { presetChoices } from '../../lib/pool/presets.ts';
import { RecordChange } from '../../ui/act-dialog.tsx';
import { ChoiceCards } from '../../ui/choice-cards.tsx';
import { conversionOf } from './conversion.ts';
import type { SettingProps } from './setting-props.ts';
import { SettingSection } from './setting-section.tsx';
import { Sum, Sums } from './sums.tsx';
import { useSetting } from './use-setting.ts';

const read = ({ preset }: PoolView) => ({ preset });
const wordOf = (preset: PoolView['preset']) => presetChoices.find(({ value }) => value === preset)?.word ?? preset;

export function PresetSetting({ pool, refused }: SettingProps) {
  const setting = useSetting({ pool, read, patch: ({ preset }) => ({ preset }) });
  const { preset } = setting.shown;
  return (
    <SettingSection
      title="Preset"
      lede="What kind of hosts they are, and so what counts as health. A pool is converted in place: members, names and history stay."
      setting={setting}
      stored={read(pool)}
      words={(value) => wordOf(value.preset)}
      verb={`Convert to ${wordOf(preset)}`}
      refused={refused}
    >
      <ChoiceCards
        label="Kind of pool"
        choices={presetChoices}
        value={preset}
        disabled={refused !== null}
        onValue={(chosen) => setting.change({ preset: chosen })}
      />
      {setting.isDirty && <Preview pool={pool} to={preset} />}
    </SettingSection>
  );
}

function Preview({ pool, to }: { readonly pool: PoolView; readonly to: PoolView['preset'] }) {
  const members = useQuery({
    queryKey: ['members', 'monitored', pool.id],
    queryFn: async ({ signal }) => (await membersApi.list(pool.id, signal)).members,
    // Asked anew for each preview: a person may have changed it since.
    staleTime: 0,
  });
  const unmonitored = new Set((members.data ?? []).filter(({ monitored }) => !monitored).map(({ id }) => id));
  return (
    <div className="preview">
      <RecordChange
        lines={[
          { sign: '-', text: `preset: ${pool.preset}` },
          { sign: '+', text: `preset: ${to}` },
        ]}
      />
      <Sums>
        {conversionOf(pool, to, members.data === undefined ? null : unmonitored).map(({ shape, text }) => (
          <Sum key={text} shape={shape}>
            {text}
          </Sum>
        ))}
      </Sums>
    </div>
  );
}
