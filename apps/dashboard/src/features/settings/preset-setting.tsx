import type { PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { membersApi } from '../../lib/api/members.ts';
import { presetChoices } from '../../lib/pool/presets.ts';
import { Problem } from '../../ui/absent.tsx';
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
  const unmonitored = useUnmonitored(pool.id, setting.isDirty && preset === 'haproxy');
  return (
    <SettingSection
      title="Preset"
      lede="What kind of hosts they are, and so what counts as health. A pool is converted in place: members, names and history stay."
      setting={setting}
      words={(value) => wordOf(value.preset)}
      verb={`Convert to ${wordOf(preset)}`}
      refused={refused}
      blocked={preset === 'haproxy' ? unmonitored.lack : null}
    >
      <ChoiceCards
        label="Kind of pool"
        choices={presetChoices}
        value={preset}
        disabled={refused !== null || setting.isWorking}
        onValue={(chosen) => setting.change({ preset: chosen })}
      />
      {setting.isDirty && <Preview pool={pool} to={preset} unmonitored={unmonitored} />}
    </SettingSection>
  );
}

interface Unmonitored {
  /** Members whose HAProxy does not count; null = not known. */
  readonly ids: ReadonlySet<string> | null;
  /** Why it is not known, in words; null = it is. */
  readonly lack: string | null;
  readonly error: unknown;
  readonly tryAgain: () => void;
}

/** Nobody converts a pool before it is known whose HAProxy would count (PRODUCT.md, section 3). */
function useUnmonitored(poolId: string, isWanted: boolean): Unmonitored {
  const members = useQuery({
    queryKey: ['members', 'monitored', poolId],
    queryFn: async ({ signal }) => (await membersApi.list(poolId, signal)).members,
    enabled: isWanted,
    // Asked anew for each preview: a person may have changed it since.
    staleTime: 0,
    gcTime: 0,
  });
  const { data, error, isFetching } = members;
  const ids = new Set((data ?? []).filter(({ monitored }) => !monitored).map(({ id }) => id));
  const lack = error === null ? 'Not saved: the members are being read.' : 'Not saved: the members could not be read.';
  const isKnown = data !== undefined && error === null;
  return {
    ids: isKnown ? ids : null,
    lack: isKnown && !isFetching ? null : lack,
    error,
    tryAgain: () => void members.refetch(),
  };
}

interface PreviewProps {
  readonly pool: PoolView;
  readonly to: PoolView['preset'];
  readonly unmonitored: Unmonitored;
}

function Preview({ pool, to, unmonitored }: PreviewProps) {
  return (
    <div className="preview">
      <RecordChange
        lines={[
          { sign: '-', text: `preset: ${pool.preset}` },
          { sign: '+', text: `preset: ${to}` },
        ]}
      />
      <Sums>
        {conversionOf(pool, to, unmonitored.ids).map(({ shape, text }) => (
          <Sum key={text} shape={shape}>
            {text}
          </Sum>
        ))}
      </Sums>
      {to === 'haproxy' && unmonitored.error !== null && (
        <Problem error={unmonitored.error} what="Whose HAProxy is monitored" onRetry={unmonitored.tryAgain} />
      )}
    </div>
  );
}
