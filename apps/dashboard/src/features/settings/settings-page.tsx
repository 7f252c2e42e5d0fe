import { usePool } from '../../lib/pool/use-pool.ts';
import { useWhyNotAllowed } from '../../lib/use-may.ts';
import { useTitle } from '../../lib/use-title.ts';
import { FailoverSection, RestSection } from './act-sections.tsx';
import { DynamicDnsSetting, Ipv6Setting } from './address-settings.tsx';
import { DelaysSetting } from './delays-setting.tsx';
import { FailbackSetting } from './failback-setting.tsx';
import { NameSetting } from './name-setting.tsx';
import { PresetSetting } from './preset-setting.tsx';

/** What a person decides about a pool, a section for each decision. Each is saved by itself. */
export function SettingsPage() {
  const pool = usePool();
  useTitle(`Settings of ${pool.name}`);
  const refused = useWhyNotAllowed('pool:write', pool.id);
  const notConverted = useWhyNotAllowed('pool:admin', pool.id);
  const one = { pool, refused };
  return (
    <div className="settings">
      <FailoverSection {...one} />
      <DelaysSetting {...one} />
      <FailbackSetting {...one} />
      <Ipv6Setting {...one} />
      <DynamicDnsSetting {...one} />
      <NameSetting {...one} />
      <PresetSetting pool={pool} refused={notConverted} />
      <RestSection {...one} />
    </div>
  );
}
